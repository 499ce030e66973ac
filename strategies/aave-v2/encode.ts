import { Interface } from 'ethers'
import { aaveV2Pool } from '#abis/aave-v2.ts'
import type { Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { call } from '#core/program.ts'
import { type AaveMarket, type Account, isPool, isReserve, type Pair } from './records.ts'

const selector = new Interface(aaveV2Pool).getFunction('liquidationCall')?.selector as Hex
const word = (value: bigint | Hex): string => BigInt(value).toString(16).padStart(64, '0')

/**
 * `liquidationCall` for the underlying, of the input itself: never for more than was borrowed to pay it.
 * @throws `bad-argument` when pool or reserves are not in the book.
 */
export function encode(book: Book<AaveMarket, Account>, step: Step<Pair, AaveMarket, Account>): Encoded {
  const { data, market, id } = step.opportunity
  const pool = book.market(market)
  const collateral = book.market(data.collateral)
  const debt = book.market(data.debt)
  if (!isPool(pool) || !isReserve(collateral) || !isReserve(debt) || step.input === null) {
    throw new KeeperError('bad-argument', `${id} cannot be encoded: its pool or reserves are not in the book`)
  }
  const words = [collateral.data.asset, debt.data.asset, data.user, step.input, 0n].map(word)
  return { prepare: [], act: () => call(pool.data.pool, `${selector}${words.join('')}`), callback: null, finish: [] }
}
