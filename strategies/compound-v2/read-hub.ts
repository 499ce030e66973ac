import { Interface } from 'ethers'
import { compoundComptroller, venusLiquidator } from '#abis/compound-v2.ts'
import type { Address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import type { View } from '#core/world.ts'
import { absent, addressesIn, addressOr, askAll, asked, isTrue, must, numberOr, wordAt } from './asked.ts'
import { withSources } from './read-sources.ts'
import { readTokens } from './read-tokens.ts'
import { type CToken, type Family, type Hub, hubId, type Pool } from './records.ts'

const comptroller = new Interface(compoundComptroller)
const liquidator = new Interface(venusLiquidator)

export type HubRead = { readonly hub: Market<Hub>; readonly tokens: readonly Market<CToken>[] }

const names = [
  ...(['getAllMarkets', 'oracle', 'closeFactorMantissa', 'liquidationIncentiveMantissa'] as const),
  ...(['minLiquidatableCollateral', 'liquidatorContract', 'vaiController'] as const),
  ...(['protocolPaused', 'seizeGuardianPaused', 'lastPoolId'] as const),
]

/**
 * The comptroller and all its markets at the view's block, in a number of calls that depends on its markets and e-modes
 * alone. @throws `bad-answer` when it lists no markets.
 */
export async function readHub(view: View, at: Address): Promise<HubRead> {
  const answer = await askAll(
    view,
    names.map((name) => ({ name, ...asked(comptroller, at, name) })),
  )
  const isIsolated = answer('minLiquidatableCollateral') !== null
  const family: Family = isIsolated
    ? 'venus-isolated'
    : answer('liquidatorContract') !== null
      ? 'venus-core'
      : 'compound'
  const through = addressOr(answer('liquidatorContract'))
  const pools = await readPools(view, at, Number(numberOr(answer('lastPoolId'), 0n)))
  const [share] = through === null ? [null] : await view.call([asked(liquidator, through, 'treasuryPercentMantissa')])
  const hub: Hub = {
    ...{ kind: 'hub', family, comptroller: at, pools, liquidator: through, clock: 'block' },
    // What was run against its own contracts. Venus core before it had an incentive for each market was not.
    proven: isIsolated || (family === 'venus-core' && answer('liquidationIncentiveMantissa') === null),
    oracle: addressOr(answer('oracle')) ?? absent('oracle'),
    closeFactor: must(answer('closeFactorMantissa'), 'close factor'),
    smallCollateral: numberOr(answer('minLiquidatableCollateral'), 0n),
    treasuryShare: wordAt(share ?? null) ?? 0n,
    vai: addressOr(answer('vaiController')),
    isPaused: isTrue(answer('protocolPaused')) || isTrue(answer('seizeGuardianPaused')),
  }
  const incentive = numberOr(answer('liquidationIncentiveMantissa'), 0n)
  const listed = addressesIn(answer('getAllMarkets'), 'list of markets')
  const tokens = await withSources(view, hub.oracle, await readTokens(view, hub, incentive, listed))
  const data: Hub = { ...hub, clock: tokens[0]?.data.clock ?? 'block' }
  return { hub: { id: hubId(at), epoch: epochOfHub(data, tokens), data }, tokens }
}

async function readPools(view: View, at: Address, last: number): Promise<readonly Pool[]> {
  const ids = Array.from({ length: last }, (_, index) => index + 1)
  const answers = await view.call(ids.map((id) => asked(comptroller, at, 'pools', id)))
  return ids.map((id, index) => {
    const found = answers[index] ?? null
    return { id, isActive: wordAt(found, 1) === 1n, fallsBack: wordAt(found, 2) === 1n }
  })
}

/** What the screen's lines hold beside balances: feeds, who may be liquidated without a shortfall, which e-modes there are. */
const epochOfHub = (hub: Hub, tokens: readonly Market<CToken>[]): number =>
  epochOf(hub.oracle, hub.pools.length, ...tokens.flatMap(({ data }) => [data.cToken, data.isForced]))
