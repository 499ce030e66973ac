import type { Address } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Market } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import type { Outcome } from '#core/receipt.ts'
import { uncovered } from './absorb.ts'
import { absorbCollateral, absorbDebt, buyCollateral } from './events.ts'
import { mulFactor } from './math.ts'
import { accountId, assetOf, type Comet, type CometBook, cometIn, stockId } from './records.ts'

type Absorbed = { readonly outcome: Outcome; readonly assets: readonly Address[] }

/**
 * Every absorption and every sale among the logs, whoever made them. A sale behind an absorption of the same transaction
 * that brought its asset is told with the first account that did (`absorb-buy`); absorbed alone, nothing is paid and
 * nothing handed over (`absorb`); a sale alone is told with its stock (`buy`). Bad debt is each account's own.
 */
export function outcome(before: CometBook, logs: readonly Log[]): readonly Outcome[] {
  const market = cometIn(before)
  if (market === undefined) return []
  const own = logs.filter(({ address, topicCount }) => address === market.data.comet && topicCount > 0)
  return [...Map.groupBy(own, ({ transactionHash }) => transactionHash).values()].flatMap((one) =>
    outcomesOf(market, one),
  )
}

function outcomesOf(market: Market<Comet>, logs: readonly Log[]): readonly Outcome[] {
  const told: Outcome[] = []
  let open: Absorbed[] = []
  let seized: Log[] = []
  for (const log of logs) {
    const topic = log.topic(0)
    if (topic === absorbCollateral) seized.push(log)
    if (topic === absorbDebt) {
      open.push({ outcome: absorbOf(market, log, seized), assets: seized.map((one) => one.addressAt('topic', 3)) })
      seized = []
    }
    if (topic !== buyCollateral) continue
    const sale = buyOf(market, log)
    if (sale === null) continue
    const asset = log.addressAt('topic', 2)
    const first = open.find(({ assets }) => assets.includes(asset))
    for (const one of open) told.push(one === first ? joined(one.outcome, sale) : one.outcome)
    if (first === undefined) told.push(sale)
    open = []
  }
  return [...told, ...open.map((one) => one.outcome)]
}

const joined = (absorbed: Outcome, { repaid, seized, by, logIndex }: Outcome): Outcome => ({
  ...absorbed,
  ...{ kind: 'absorb-buy', repaid, seized, by, logIndex },
})

function absorbOf({ id, data }: Market<Comet>, log: Log, seized: readonly Log[]): Outcome {
  return {
    kind: 'absorb',
    market: id,
    position: accountId(data.comet, log.addressAt('topic', 2)),
    by: log.addressAt('topic', 1),
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    repaid: null,
    seized: [],
    badDebt: amount(badDebtOf(data, log, seized)),
  }
}

function badDebtOf(comet: Comet, log: Log, seized: readonly Log[]): bigint {
  const creditValue = seized.reduce((sum, one) => {
    const factor = assetOf(comet, one.addressAt('topic', 3))?.liquidationFactor ?? 0n
    return sum + mulFactor(one.word(1), factor)
  }, 0n)
  return uncovered(log.word(0), log.word(1), creditValue)
}

/** A sale of nothing for nothing is none. */
function buyOf({ id, data }: Market<Comet>, log: Log): Outcome | null {
  const [buyer, asset] = [log.addressAt('topic', 1), log.addressAt('topic', 2)]
  const [paid, bought] = [log.word(0), log.word(1)]
  if (paid === 0n && bought === 0n) return null
  return {
    kind: 'buy',
    market: id,
    position: stockId(data.comet, asset),
    by: buyer,
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    repaid: { asset: data.base, amount: amount(paid) },
    seized: [{ asset, amount: amount(bought) }],
    badDebt: amount(0n),
  }
}
