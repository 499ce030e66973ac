import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Feed } from '#core/feed.ts'
import type { View } from '#core/world.ts'
import { yearSeconds } from './distance.ts'

/** AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt) */
const answerUpdated: Hex = '0x0559884fd3a460db3073b7fc896cc77986f16e378210ded43186175bf646fc5f'
/** Fewer rounds say nothing. */
const roundsLeast = 8

/** `sigma` a year, as 0.8 is 80 %; `rounds`: answers it was drawn from, of the aggregator that had the fewest. */
export type Volatility = { readonly sigma: number; readonly rounds: number }

/**
 * From what the feed's aggregators have answered since `fromBlock`: the root of Σ ln(answer ÷ the one before)² over the
 * time they span. Several aggregators add their squares, as if nothing joined them. `null` where no aggregator is known
 * behind the feed, or one has answered too few times.
 */
export async function feedVolatility(
  view: View,
  feed: Feed,
  aggregatorsOf: (contract: Address) => readonly Address[],
  fromBlock: number,
): Promise<Volatility | null> {
  const contracts = feed.sources.flatMap((source) => (source.kind === 'price' ? [source.contract] : []))
  const aggregators = [...new Set(contracts.flatMap(aggregatorsOf))]
  const each = await Promise.all(aggregators.map((one) => realised(view, one, fromBlock)))
  const found = each.filter((one) => one !== null)
  if (found.length === 0 || found.length < each.length) return null
  const variance = found.reduce((sum, { sigma }) => sum + sigma ** 2, 0)
  return { sigma: Math.sqrt(variance), rounds: Math.min(...found.map(({ rounds }) => rounds)) }
}

async function realised(view: View, aggregator: Address, fromBlock: number): Promise<Volatility | null> {
  const answers: { readonly value: number; readonly at: number }[] = []
  const filter = { addresses: [aggregator], topics: [answerUpdated] }
  for await (const logs of view.logs(filter, Math.max(0, fromBlock)))
    for (const log of logs) answers.push({ value: Number(answerIn(log)), at: Number(log.word(0)) })
  return volatilityOf(answers)
}

const answerIn = (log: Log): bigint => BigInt.asIntN(256, BigInt(log.topic(1)))

/** Of answers in order, seconds beside them. */
export function volatilityOf(answers: readonly { readonly value: number; readonly at: number }[]): Volatility | null {
  const sound = answers.filter(({ value }) => value > 0)
  const span = (sound.at(-1)?.at ?? 0) - (sound[0]?.at ?? 0)
  if (sound.length < roundsLeast || span <= 0) return null
  let squares = 0
  for (const [at, { value }] of sound.entries()) {
    const before = sound[at - 1]
    if (before !== undefined) squares += Math.log(value / before.value) ** 2
  }
  return { sigma: Math.sqrt((squares * yearSeconds) / span), rounds: sound.length }
}
