import { addressOfWord, type Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded, type Patch, type PositionId } from '#core/book.ts'
import { most } from '#core/numbers.ts'
import type { BlueConfig } from './config.ts'
import * as events from './events.ts'
import { createdBy, isFollowed, withPreLiquidation } from './find-pre-liquidations.ts'
import { changedLoan } from './fold-loan.ts'
import { interestOf } from './read-markets.ts'
import { type Blue, type BlueMarket, byAddress, type Loan, loanId } from './records.ts'

type BlueBook = Book<Blue, Loan>
type BlueFolded = Folded<Blue, Loan>

/**
 * Everything a loan is judged by is in the logs, and patched exactly. Read again are only a new market's or a new
 * pre-liquidation contract's oracle, and whom the owner of a loan had authorised before it was there.
 */
export function fold(config: BlueConfig, book: BlueBook, log: Log): BlueFolded {
  if (log.topicCount === 0) return nothingFolded
  const topic = log.topic(0)
  if (config.preLiquidationFactories.includes(log.address))
    return topic === events.createPreLiquidation ? foldPreLiquidation(config, book, log) : nothingFolded
  if (log.address !== config.morpho && log.address !== config.irm) return nothingFolded
  if (topic === events.setAuthorization) return foldAuthorization(book, log)
  if (log.topicCount < 2) return nothingFolded
  const id = marketId(log.topic(1))
  if (topic === events.createMarket) return isFollowed(config, id) ? foldMarket(config, log) : nothingFolded
  const market = book.market(id)
  if (market === undefined) return nothingFolded
  const changed = changedMarket(market.data, topic, log)
  const loan = changedLoan(book, market, topic, log)
  return {
    patches: [
      ...(changed === null ? [] : [{ op: 'put-market' as const, market: { ...market, data: changed } }]),
      ...loan.patches,
    ],
    dirty: loan.dirty,
  }
}

/** What a log leaves of a market; `null` where it does not concern its totals. */
function changedMarket(blue: Blue, topic: Hex, log: Log): Blue | null {
  const supplied = (assets: bigint, shares: bigint): Blue => ({
    ...blue,
    totalSupplyAssets: most(0n, blue.totalSupplyAssets + assets),
    totalSupplyShares: most(0n, blue.totalSupplyShares + shares),
  })
  // What is repaid may be more than is owed by one unit.
  const borrowed = (assets: bigint, shares: bigint, from = blue): Blue => ({
    ...from,
    totalBorrowAssets: most(0n, blue.totalBorrowAssets + assets),
    totalBorrowShares: most(0n, blue.totalBorrowShares + shares),
  })
  switch (topic) {
    case events.supply:
      return supplied(log.word(0), log.word(1))
    case events.withdraw:
      return supplied(-log.word(1), -log.word(2))
    case events.borrow:
      return borrowed(log.word(1), log.word(2))
    case events.repay:
      return borrowed(-log.word(0), -log.word(1))
    case events.liquidate: {
      const [repaid, shares, , written, writtenShares] = [0, 1, 2, 3, 4].map((at) => log.word(at))
      const left = borrowed(-(repaid ?? 0n), -(shares ?? 0n) - (writtenShares ?? 0n), supplied(-(written ?? 0n), 0n))
      return { ...left, totalBorrowAssets: most(0n, left.totalBorrowAssets - (written ?? 0n)) }
    }
    case events.accrueInterest: {
      const updatedAt = blue.interest === 'adaptive' ? log.block.timestamp : 0
      return { ...borrowed(log.word(1), 0n, supplied(log.word(1), log.word(2))), updatedAt }
    }
    case events.setFee:
      return { ...blue, fee: log.word(0) }
    case events.borrowRateUpdate:
      return { ...blue, rateAtTarget: log.word(1) }
    default:
      return null
  }
}

/** As it is created; the model's own log with the first rate follows. */
function foldMarket(config: BlueConfig, log: Log): BlueFolded {
  const at = (index: number) => addressOfWord(`0x${log.word(index).toString(16).padStart(64, '0')}`)
  const interest = interestOf(config, at(3))
  const market: BlueMarket = {
    id: marketId(log.topic(1)),
    epoch: 0,
    data: {
      loan: at(0),
      collateral: at(1),
      oracle: { at: at(2), parts: null },
      irm: at(3),
      interest,
      lltv: log.word(4),
      totalSupplyAssets: 0n,
      totalSupplyShares: 0n,
      totalBorrowAssets: 0n,
      totalBorrowShares: 0n,
      fee: 0n,
      updatedAt: interest === 'adaptive' ? log.block.timestamp : 0,
      rateAtTarget: 0n,
      preLiquidations: [],
    },
  }
  return { patches: [{ op: 'put-market', market }], dirty: { markets: [market.id], positions: [] } }
}

/** Who authorised the contract before it was there is asked for. */
function foldPreLiquidation(config: BlueConfig, book: BlueBook, log: Log): BlueFolded {
  const { market: id, preLiquidation } = createdBy(log)
  const market = book.market(id)
  if (market === undefined || !isFollowed(config, id)) return nothingFolded
  const preLiquidations = withPreLiquidation(market.data.preLiquidations, preLiquidation)
  return {
    patches: [{ op: 'put-market', market: { ...market, data: { ...market.data, preLiquidations } } }],
    dirty: { markets: [id], positions: [...book.positionsOf(id)].map((one): PositionId => one.id) },
  }
}

function foldAuthorization(book: BlueBook, log: Log): BlueFolded {
  const contract = log.addressAt('topic', 3)
  for (const { id, data } of book.markets()) {
    if (!data.preLiquidations.some((one) => one.contract === contract)) continue
    const position = book.position(loanId(id, log.addressAt('topic', 2)))
    if (position === undefined) return nothingFolded
    const others = position.data.allows.filter((one) => one !== contract)
    const allows = log.word(0) === 0n ? others : byAddress([...others, contract], (one) => one)
    const patch: Patch<Blue, Loan> = {
      op: 'put-position',
      position: { ...position, data: { ...position.data, allows } },
    }
    return { ...nothingFolded, patches: [patch] }
  }
  return nothingFolded
}
