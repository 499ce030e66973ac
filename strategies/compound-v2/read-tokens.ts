import { Interface } from 'ethers'
import { compoundComptroller, compoundToken } from '#abis/compound-v2.ts'
import { type Address, ZERO_ADDRESS } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { epochOf } from '#core/epoch.ts'
import { WAD } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'
import { type Answer, addressOr, asked, isTrue, must, numberOr, wordAt } from './asked.ts'
import { priceFeed } from './feeds.ts'
import { type Clock, type CToken, type Factors, type Hub, tokenId } from './records.ts'

const token = new Interface(compoundToken)
const comptroller = new Interface(compoundComptroller)
/** Of Venus' comptrollers. */
const actions = { repay: 3, seize: 4, liquidate: 5, redeem: 1, transfer: 6 } as const

const stateNames = [
  ...(['accrualBlockNumber', 'accrualBlockTimestamp', 'borrowRatePerBlock', 'borrowRatePerTimestamp'] as const),
  ...(['borrowIndex', 'totalBorrows', 'totalReserves', 'totalSupply', 'badDebt', 'getCash'] as const),
  ...(['exchangeRateStored', 'reduceReservesBlockNumber'] as const),
]
const parameterNames = [
  ...(['underlying', 'isTimeBased', 'reserveFactorMantissa', 'protocolSeizeShareMantissa'] as const),
  ...(['reduceReservesBlockDelta', 'interestRateModel'] as const),
]
type Told = (name: string) => Answer

/** What moves with every use of a market. Moonwell counts seconds under names of its own. */
type State = Pick<
  CToken,
  | 'accruedAt'
  | 'rate'
  | 'borrowIndex'
  | 'borrows'
  | 'reserves'
  | 'supply'
  | 'cash'
  | 'badDebt'
  | 'initialRate'
  | 'reducedAt'
>

function stateOf(told: Told): State {
  const supply = must(told('totalSupply'), 'supply')
  return {
    accruedAt: Number(must(told('accrualBlockNumber') ?? told('accrualBlockTimestamp'), 'time of accrual')),
    rate: must(told('borrowRatePerBlock') ?? told('borrowRatePerTimestamp'), 'borrow rate'),
    borrowIndex: must(told('borrowIndex'), 'borrow index'),
    borrows: must(told('totalBorrows'), 'borrows'),
    reserves: must(told('totalReserves'), 'reserves'),
    supply,
    cash: must(told('getCash'), 'cash'),
    badDebt: numberOr(told('badDebt'), 0n),
    initialRate: supply === 0n ? must(told('exchangeRateStored'), 'exchange rate') : 0n,
    reducedAt: Number(numberOr(told('reduceReservesBlockNumber'), 0n)),
  }
}

const namedReads = (at: Address, names: readonly string[]): readonly Read[] =>
  names.map((name) => asked(token, at, name))

const toldBy = (names: readonly string[], answers: readonly (Answer | undefined)[]): Told => {
  const byName = new Map(names.map((name, at) => [name, answers[at] ?? null]))
  return (name) => {
    const answer = byName.get(name) ?? null
    return answer === '0x' ? null : answer
  }
}

/** Markets again, their parameters left: they are read with the comptroller. */
export async function rereadTokens(view: View, markets: readonly Market<CToken>[]): Promise<readonly Market<CToken>[]> {
  const answers = await view.call(markets.flatMap(({ data }) => namedReads(data.cToken, stateNames)))
  return markets.map((market, at) => {
    const own = answers.slice(at * stateNames.length, (at + 1) * stateNames.length)
    return { ...market, data: { ...market.data, ...stateOf(toldBy(stateNames, own)) } }
  })
}

/** Every listed market of a comptroller; `incentive` is the one for all, where there is one. */
export async function readTokens(
  view: View,
  hub: Hub,
  incentive: bigint,
  cTokens: readonly Address[],
): Promise<readonly Market<CToken>[]> {
  const names = [...stateNames, ...parameterNames]
  const reads = cTokens.map((at) => [...namedReads(at, names), ...rulesOf(hub, at)])
  const width = reads[0]?.length ?? 0
  const answers = await view.call(reads.flat())
  return cTokens.map((at, index) => {
    const own = answers.slice(index * width, (index + 1) * width)
    const data = tokenOf(hub, at, toldBy(names, own), own.slice(names.length), incentive)
    return { id: tokenId(at), epoch: epochOf(data.feed), data }
  })
}

/** What the comptroller says of a market: its factors, what is paused, and whether its debts are open to anybody. */
const rulesOf = ({ comptroller: to, pools }: Hub, at: Address): readonly Read[] => [
  asked(comptroller, to, 'markets', at),
  asked(comptroller, to, 'isForcedLiquidationEnabled', at),
  asked(comptroller, to, 'borrowGuardianPaused', at),
  ...Object.values(actions).map((action) => asked(comptroller, to, 'actionPaused', at, action)),
  ...pools.map(({ id }) => asked(comptroller, to, 'poolMarkets', id, at)),
]

function tokenOf(
  hub: Hub,
  cToken: Address,
  told: Told,
  rules: readonly (Answer | undefined)[],
  incentive: bigint,
): CToken {
  const [market = null, forced = null, borrowPaused = null, ...rest] = rules.map((one) => (one === '0x' ? null : one))
  const paused = Object.keys(actions).map((_, at) => isTrue(rest[at] ?? null))
  const [repay = false, seize = false, liquidate = false, redeem = false, transfer = false] = paused
  const core = factorsOf(hub, 0, market, incentive)
  const pools = hub.pools.map(({ id }, at) => factorsOf(hub, id, rest[paused.length + at] ?? null, incentive))
  const isSecond = isTrue(told('isTimeBased')) || told('accrualBlockNumber') === null
  const clock: Clock = isSecond ? 'second' : 'block'
  const reserveFactor = must(told('reserveFactorMantissa'), 'reserve factor')
  const reduceEvery = wordAt(told('reduceReservesBlockDelta'))
  // Compound: a market wound down. Source: ComptrollerG7.isDeprecated.
  const isDeprecated = isTrue(borrowPaused) && wordAt(market, 1) === 0n && reserveFactor === WAD
  return {
    ...{ kind: 'cToken', comptroller: hub.comptroller, cToken, clock },
    ...stateOf(told),
    underlying: addressOr(told('underlying')) ?? 'native',
    ...{ feed: priceFeed(hub.oracle, cToken), source: null, scale: 0n },
    reduceEvery: reduceEvery === null ? null : Number(reduceEvery),
    reserveFactor,
    rateModel: addressOr(told('interestRateModel')) ?? ZERO_ADDRESS,
    factors: [core, ...pools],
    seizeShare: numberOr(told('protocolSeizeShareMantissa'), 0n),
    isForced: isTrue(forced) || (hub.family === 'compound' && isDeprecated),
    pausesLiquidation: liquidate,
    pausesRepayment: repay,
    pausesSeizure: seize,
    pausesTransfer: transfer,
    pausesRedemption: redeem,
  }
}

/** By place: isListed, collateral factor, then isolated pools' threshold; or Venus core's flag, threshold, incentive. */
function factorsOf({ family }: Hub, pool: number, answer: Answer, incentive: bigint): Factors {
  const word = (at: number): bigint => wordAt(answer, at) ?? 0n
  const isListed = word(0) === 1n
  if (family === 'venus-isolated') return { pool, isListed, threshold: word(2), incentive }
  if (family === 'venus-core' && wordAt(answer, 4) !== null)
    return { pool, isListed, threshold: word(3), incentive: word(4) }
  return { pool, isListed, threshold: word(1), incentive }
}
