import type { Log } from '#core/block.ts'
import { type Book, type Folded, nothingFolded } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import * as events from './events.ts'
import { type System, type SystemMarket, type Trove, type TrovePosition, troveId } from './records.ts'

type LiquityBook = Book<System, Trove>
type LiquityFolded = Folded<System, Trove>

/** Logs carry every change exactly but for other contracts put in and for the price feed's own mind: those are read. */
export function fold(book: LiquityBook, log: Log): LiquityFolded {
  if (log.topicCount === 0) return nothingFolded
  for (const market of book.markets()) {
    const { data } = market
    if (log.address === data.manager) return foldManager(book, market, log)
    if (log.address === data.borrowerOperations) return foldBorrower(book, market, log)
    if (log.address === data.priceFeed) return reread(market)
    const change = poolChange(data, log)
    if (change !== null) return changed(market, change)
  }
  return nothingFolded
}

const changed = (market: SystemMarket, change: Partial<System>): LiquityFolded => ({
  ...nothingFolded,
  patches: [{ op: 'put-market', market: { ...market, data: { ...market.data, ...change } } }],
})

const reread = (market: SystemMarket): LiquityFolded => ({
  patches: [],
  dirty: { markets: [market.id], positions: [] },
})

/** What comes into the default pool was redistributed: it counts towards the division that the terms have made. */
function poolChange(system: System, log: Log): Partial<System> | null {
  const topics = events.poolTopics(system.symbol)
  const topic = log.topic(0)
  if (log.address === system.activePool) {
    if (topic === topics.activeColl) return { activeColl: log.word(0) }
    return topic === topics.activeDebt ? { activeDebt: log.word(0) } : null
  }
  if (log.address === system.stabilityPool) return topic === topics.deposits ? { deposits: log.word(0) } : null
  if (log.address !== system.defaultPool) return null
  const left = log.word(0)
  if (topic === topics.defaultColl) {
    const came = left - system.defaultColl
    return { defaultColl: left, collError: came > 0n ? system.collError + came * WAD : system.collError }
  }
  if (topic !== topics.defaultDebt) return null
  const came = left - system.defaultDebt
  return { defaultDebt: left, debtError: came > 0n ? system.debtError + came * WAD : system.debtError }
}

function foldManager(book: LiquityBook, market: SystemMarket, log: Log): LiquityFolded {
  const topic = log.topic(0)
  const { data } = market
  if (topic === events.troveUpdated) return foldTrove(book, market, log, log.word(3) === events.applyPendingRewards)
  if (topic === events.totalStakesUpdated) return changed(market, { totalStakes: log.word(0) })
  if (topic === events.systemSnapshotsUpdated)
    return changed(market, { stakesSnapshot: log.word(0), collSnapshot: log.word(1) })
  if (topic === events.lTermsUpdated) {
    // The terms come first, what they divided comes with the default pool's logs: until then the rest is below zero.
    const [collPerStake, debtPerStake] = [log.word(0), log.word(1)]
    return changed(market, {
      collPerStake,
      debtPerStake,
      collError: data.collError - (collPerStake - data.collPerStake) * data.totalStakes,
      debtError: data.debtError - (debtPerStake - data.debtPerStake) * data.totalStakes,
    })
  }
  return events.addressTopics.includes(topic) ? reread(market) : nothingFolded
}

function foldBorrower(book: LiquityBook, market: SystemMarket, log: Log): LiquityFolded {
  if (log.topic(0) === events.troveCreated) return changed(market, { troves: market.data.troves + 1n })
  return log.topic(0) === events.troveUpdated
    ? foldTrove(book, market, log, log.word(3) === events.openTrove)
    : nothingFolded
}

/** A trove without debt is closed; its stake leaves the total without a log of its own. */
function foldTrove(book: LiquityBook, market: SystemMarket, log: Log, takesSnapshots: boolean): LiquityFolded {
  const owner = log.addressAt('topic', 1)
  const { data } = market
  const id = troveId(data.manager, owner)
  const before = book.position(id)?.data
  const [debt, coll, stake] = [log.word(0), log.word(1), log.word(2)]
  if (debt === 0n) {
    const { patches } = changed(market, {
      totalStakes: data.totalStakes - (before?.stake ?? 0n),
      troves: data.troves - 1n,
    })
    return { ...nothingFolded, patches: [...patches, { op: 'drop-position', id }] }
  }
  const snapshots =
    takesSnapshots || before === undefined
      ? { collSnapshot: data.collPerStake, debtSnapshot: data.debtPerStake }
      : { collSnapshot: before.collSnapshot, debtSnapshot: before.debtSnapshot }
  const position: TrovePosition = { id, market: market.id, owner, data: { coll, debt, stake, ...snapshots } }
  return { ...nothingFolded, patches: [{ op: 'put-position', position }] }
}
