import { Interface } from 'ethers'
import { compoundComptroller, compoundNativeToken, compoundToken, venusLiquidator } from '#abis/compound-v2.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { CompoundConfig } from './config.ts'
import { readHub } from './read-hub.ts'
import type { CToken, Hub } from './records.ts'

const selectorIn = (fragments: readonly string[], name: string): Hex =>
  new Interface(fragments).getFunction(name)?.selector as Hex
const accrueInterest = selectorIn(compoundToken, 'accrueInterest')
const liquidateBorrow = selectorIn(compoundToken, 'liquidateBorrow')
const liquidateNative = selectorIn(compoundNativeToken, 'liquidateBorrow')
const liquidateThrough = selectorIn(venusLiquidator, 'liquidateBorrow')
const liquidateAccount = selectorIn(compoundComptroller, 'liquidateAccount')
const healAccount = selectorIn(compoundComptroller, 'healAccount')

/** They hand out to their caller, so no argument names one. */
const target = (to: Address, selector: Hex): Trust => ({
  kind: 'target',
  to,
  selector,
  recipientArgument: null,
  watched: null,
})

/**
 * Each market for accruing, and whoever liquidates: the markets themselves, Venus' Liquidator in their place, and an
 * isolated pool's comptroller, whose markets then take the repay. A market listed later has to be registered then.
 */
export async function trusts(view: View, { comptroller }: CompoundConfig): Promise<readonly Trust[]> {
  const { hub, tokens } = await readHub(view, comptroller)
  const { liquidator, family } = hub.data
  return [
    ...tokens.map(({ data }) => target(data.cToken, accrueInterest)),
    ...(liquidator === null
      ? tokens.map(({ data }) => target(data.cToken, data.underlying === 'native' ? liquidateNative : liquidateBorrow))
      : [target(liquidator, liquidateThrough)]),
    ...(family === 'venus-isolated'
      ? wholeAccounts(
          hub.data,
          tokens.map(({ data }) => data),
        )
      : []),
  ]
}

const wholeAccounts = ({ comptroller }: Hub, tokens: readonly CToken[]): readonly Trust[] => [
  target(comptroller, liquidateAccount),
  target(comptroller, healAccount),
  ...tokens.map(({ cToken }): Trust => ({ kind: 'spender', who: cToken })),
]
