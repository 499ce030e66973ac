import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { call } from '#core/program.ts'
import { type CometBook, type CometMarket, type CometRecord, isComet, type Sale } from './records.ts'

const main = new Interface(compoundV3)

/**
 * `absorb` of the sale's accounts, then `buyCollateral`. No minimum is asked of the Comet: what a plan must leave is the
 * executor's to check, and less than was foreseen may still pay.
 * @throws `bad-argument` when the Comet is not in the book.
 */
export function encode(book: CometBook, step: Step<Sale, CometMarket, CometRecord>, executor: Address): Encoded {
  const { data, market, id } = step.opportunity
  const comet = book.market(market)
  if (!isComet(comet) || step.input === null)
    throw new KeeperError('bad-argument', `${id} cannot be encoded: its Comet is not in the book`)
  const to = comet.data.comet
  const absorb = main.encodeFunctionData('absorb', [executor, data.accounts]) as Hex
  const buy = main.encodeFunctionData('buyCollateral', [data.asset, 0n, step.input, executor]) as Hex
  return {
    prepare: data.accounts.length === 0 ? [] : [call(to, absorb)],
    act: () => call(to, buy),
    callback: null,
    finish: [],
  }
}
