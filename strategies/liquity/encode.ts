import { Interface } from 'ethers'
import { liquityManager } from '#abis/liquity.ts'
import type { Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { call } from '#core/program.ts'
import type { Batch, System, Trove } from './records.ts'

const manager = new Interface(liquityManager('LUSD'))
export const batchSelector = manager.getFunction('batchLiquidateTroves')?.selector as Hex

/** One call; what it pays comes to whoever makes it. @throws `bad-argument` where its system is not in the book. */
export function encode(book: Book<System, Trove>, step: Step<Batch, System, Trove>): Encoded {
  const { data, market, id } = step.opportunity
  const system = book.market(market)?.data
  if (system === undefined)
    throw new KeeperError('bad-argument', `${id} cannot be encoded: its system is not in the book`)
  const bytes = manager.encodeFunctionData('batchLiquidateTroves', [data.troves]) as Hex
  return { prepare: [], act: () => call(system.manager, bytes), callback: null, finish: [] }
}
