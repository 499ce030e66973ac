import { Interface } from 'ethers'
import { aaveV3Pool } from '#abis/aave-v3.ts'
import type { Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { callData } from '#core/call-data.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { figures, unjudged } from './judge.ts'
import { type AaveMarket, type AavePosition, type Account, isPool } from './records.ts'

const getUserAccountData = new Interface(aaveV3Pool).getFunction('getUserAccountData')?.selector as Hex

/** The pool's own view of an account, at the view's block and timestamp: `judge` in a scene of that block agrees. */
export async function probe(view: View, book: Book<AaveMarket, Account>, position: AavePosition): Promise<Figures> {
  const market = book.market(position.market)
  if (!isPool(market) || position.owner === null) return unjudged
  const [answer] = await view.call([{ to: market.data.pool, data: callData(getUserAccountData, position.owner) }])
  return decodeAccountData(answer ?? null)
}

/** `getUserAccountData` by fixed offsets: collateral, debt, (available), threshold, (ltv), health factor. */
export function decodeAccountData(answer: Hex | null): Figures {
  if (answer === null || answer.length < 2 + 6 * 64) return unjudged
  const word = (at: number): bigint => BigInt(`0x${answer.slice(2 + at * 64, 66 + at * 64)}`)
  return figures({ collateral: word(0), debt: word(1), thresholdBps: word(3), healthFactor: word(5) })
}

export function sameFigures(one: Figures, other: Figures): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => one[name] === other[name])
}
