import { Interface } from 'ethers'
import { morphoBlue, preLiquidation } from '#abis/morpho-blue.ts'
import type { Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { call } from '#core/program.ts'
import type { BlueConfig } from './config.ts'
import type { Blue, Loan, Way } from './records.ts'

const morphoInterface = new Interface(morphoBlue)
const preInterface = new Interface(preLiquidation)
export const liquidateSelector = morphoInterface.getFunction('liquidate')?.selector as Hex
export const preLiquidateSelector = preInterface.getFunction('preLiquidate')?.selector as Hex
const onMorphoLiquidate = morphoInterface.getFunction('onMorphoLiquidate')?.selector as Hex
const onPreLiquidate = preInterface.getFunction('onPreLiquidate')?.selector as Hex

/**
 * Exactly one of the two amounts is not 0. With a payload the collateral comes first, then the callback, and the debt is
 * taken last; without one there is no callback.
 * @throws `bad-argument` when the market is not in the book.
 */
export function encode({ morpho }: BlueConfig, book: Book<Blue, Loan>, step: Step<Way, Blue, Loan>): Encoded {
  const { data, market, id } = step.opportunity
  const blue = book.market(market)?.data
  const { input } = step
  if (blue === undefined || input === null)
    throw new KeeperError('bad-argument', `${id} cannot be encoded: its market is not in the book`)
  const amounts = data.by === 'seizedAssets' ? [input, 0n] : [0n, input]
  const { borrower, through } = data
  const params = [blue.loan, blue.collateral, blue.oracle.at, blue.irm, blue.lltv]
  return {
    prepare: [],
    act: (payload) =>
      through === null
        ? call(morpho, morphoInterface.encodeFunctionData('liquidate', [params, borrower, ...amounts, payload]) as Hex)
        : call(through, preInterface.encodeFunctionData('preLiquidate', [borrower, ...amounts, payload]) as Hex),
    callback: {
      from: through ?? morpho,
      selector: through === null ? onMorphoLiquidate : onPreLiquidate,
      enter: [],
      leave: [],
    },
    finish: [],
  }
}
