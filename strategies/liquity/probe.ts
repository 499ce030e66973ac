import { Interface } from 'ethers'
import { liquityManager, liquityPools, liquityPriceFeed } from '#abis/liquity.ts'
import type { Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { figures, unjudged } from './judge.ts'
import type { System, Trove, TrovePosition } from './records.ts'

const priceFeed = new Interface(liquityPriceFeed)

/** The manager's own ratios at the price it would fetch, and its own rule over them, written anew. */
export async function probe(view: View, book: Book<System, Trove>, position: TrovePosition): Promise<Figures> {
  const system = book.market(position.market)?.data
  if (system === undefined || position.owner === null) return unjudged
  const manager = new Interface(liquityManager(system.symbol))
  const pool = new Interface(liquityPools(system.symbol))
  const fetch = { to: system.priceFeed, data: priceFeed.encodeFunctionData('fetchPrice') as Hex }
  const price = wordsOf((await view.call([fetch]))[0] ?? null)?.[0]
  if (price === undefined || price <= 0n) return unjudged
  const ask = (name: string, ...values: readonly unknown[]) => ({
    to: system.manager,
    data: manager.encodeFunctionData(name, values) as Hex,
  })
  const deposits = pool.encodeFunctionData(`getTotal${system.symbol}Deposits`) as Hex
  const answers = await view.call([
    ask('getCurrentICR', position.owner, price),
    ask('getTCR', price),
    ask('getEntireDebtAndColl', position.owner),
    ask('MCR'),
    ask('CCR'),
    ask('getTroveOwnersCount'),
    { to: system.stabilityPool, data: deposits },
  ])
  const words = answers.map(wordsOf)
  const [ratio, totalRatio, debt, mcr, ccr, troves, inPool] = words.map((one) => one?.[0])
  const collateral = words[2]?.[1]
  const told = [ratio, totalRatio, debt, mcr, ccr, troves, inPool, collateral]
  if (!told.every((one) => one !== undefined)) return unjudged
  const [icr, tcr, owed, least, critical, count, covered, coll] = told as readonly bigint[] as Told
  const isCovered = icr < tcr && covered > 0n && owed <= covered
  const isBelow = icr < least || (tcr < critical && (icr <= WAD ? covered > 0n : isCovered))
  const liquidatable = count > 1n && isBelow
  return figures({ liquidatable, collateral: coll, debt: owed, ratio: icr, totalRatio: tcr, mcr: least })
}
type Told = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]

/** `null`: it reverts. */
const wordsOf = (answer: Hex | null): readonly bigint[] | null =>
  answer === null || answer.length < 66
    ? null
    : Array.from({ length: Math.floor((answer.length - 2) / 64) }, (_, at) =>
        BigInt(`0x${answer.slice(2 + at * 64, 66 + at * 64)}`),
      )
