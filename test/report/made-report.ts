import type { ActRow, LiquidationRow, PlanRow, Report, TierReport } from '../../src/backtest/report.ts'
import type { Sweep } from '../../src/backtest/walk-forward.ts'

export type Made = {
  readonly liquidations: number
  readonly seed?: number
  /** Put before every word that a chain has a say in. */
  readonly before?: string
}
type Pair = { readonly committed: LiquidationRow; readonly hinted: LiquidationRow; readonly acts: readonly Tried[] }
type Tried = { readonly committed: ActRow | null; readonly hinted: ActRow }

const begin = Date.UTC(2026, 4, 1) / 1_000
const ether = 10n ** 18n

/** Numbers that follow from the seed alone. */
function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A report with everything in it that one can have; sums are those of its rows. */
export function madeReport({ liquidations, seed = 1, before = '' }: Made): Report {
  const draw = drawing(seed)
  const hex = (digits: number): string => `0x${Array.from({ length: digits }, () => draw(16).toString(16)).join('')}`
  const id = (digits: number): string => before + hex(digits)
  const word = (text: string): string => before + text
  const one = <T>(of: readonly T[]): T => of[draw(of.length)] as T
  const tokens: Record<string, { symbol: string | null; decimals: number | null }> = {}
  /** Of three, two have one name; some have none. */
  const token = (): string => {
    const asset = id(40)
    const symbol = one([word('USDC'), word('USDC'), word('WETH'), word(asset.slice(-6)), null])
    tokens[asset.toLowerCase()] = { symbol, decimals: one([6, 18, 0, null]) }
    return asset
  }
  const wei = (): bigint => (BigInt(draw(2_000_000)) * ether) / 10_000_000n + BigInt(draw(1_000_000_007))

  function plan(position: string, block: number): PlanRow {
    const [out, gas, tip, fee] = [wei() * 10n, wei() / 100n, wei() / 2n, wei() / 1_000n]
    const repay = (out * 9n) / 10n
    const net = out - repay - gas - tip - fee
    const [a, b, c] = [token(), token(), token()]
    const leg = (sell: string, buy: string) => ({
      ...{ venue: word('uniswap-v3'), pool: id(40), sell, sold: wei().toString(), buy, bought: wei().toString() },
    })
    const terms = { swapOut: out, rewards: 0n, repay: -repay, flashFee: -fee, gas: -gas, dataFee: 0n, tip: -tip, net }
    return {
      ...{ id: `${id(32)}-${block}`, strategy: word(one(['aave-v3', 'morpho-blue', 'compound-v3'])) },
      ...{ trigger: word(one(['head', 'update-landed', 'interest'])), positions: [position], gasUnits: 600_000 },
      sum: Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, term.toString()])) as PlanRow['sum'],
      ...{
        bid: (tip + 1_000n).toString(),
        shape: word('aave-v3:liquidate+full||uniswap-v3*2'),
        legs: [leg(a, b), leg(b, c)],
      },
    }
  }
  function act(of: PlanRow, block: number, timestamp: number, fate: ActRow['fate'], behind: readonly string[]): ActRow {
    const [gained, tip] = [-BigInt(of.sum.tip) + BigInt(of.sum.net) + ether / 100n, -BigInt(of.sum.tip) + 77n]
    const differs = [{ of: 'gas' as const, foreseen: '600000', actual: '512345' }]
    const figures = { gained, tip, bid: tip + 900n, net: BigInt(of.sum.net) + 12_345n }
    const told = Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, figure.toString()]))
    return {
      ...{ block, timestamp, behind, fate, rival: fate === 'outbid' ? id(64) : null, plan: of },
      proof:
        fate === 'refuted'
          ? { status: 'reverted', why: word('BelowMinimum(1, 2)'), gasUsed: 400_000 }
          : { status: 'included', gasUsed: 512_345, differs, ...(told as Record<keyof typeof figures, string>) },
    }
  }
  function pair(at: number): Pair {
    const block = 1_000 + at * 7
    const timestamp = begin + Math.floor(at * 7 * 12 * (28 / Math.max(1, liquidations / 850)))
    const market = id(64)
    const position = `${market}/${hex(40)}`
    const [dice, ours] = [draw(10), plan(position, block)]
    const fate = (isTaken: boolean): ActRow['fate'] => (isTaken ? 'won' : 'outbid')
    const row = (isTaken: boolean): LiquidationRow => {
      const why = isTaken ? null : one(['outbid', 'position-unknown', 'judged-unprofitable'])
      const result = dice === 9 ? 'own' : dice === 8 ? 'after-ours' : isTaken ? 'captured' : 'missed'
      return {
        ...{ block, timestamp, transactionIndex: 3, transactionHash, strategy: ours.strategy, kind: word('liquidate') },
        ...{ market, position, result, why: result === 'missed' ? why : null, detail: word('as it came') },
        ...{
          since: block - 2,
          seenBlocksBefore: 2,
          said: 'act',
          ours,
          repaid: flow,
          seized: [flow],
          badDebt: '0',
          winner,
        },
      }
    }
    const transactionHash = id(64)
    const flow = { asset: token(), amount: wei().toString() }
    const winner = {
      ...{ by: id(40), from: id(40), to: id(40), gasUsed: 300_000, bid: wei().toString(), isBidWhole: dice % 2 === 0 },
      ...{ liquidations: 1, gain: wei().toString(), flows: [flow, { asset: token(), amount: `-${wei()}` }] },
    }
    const committed = row(dice < 4)
    const hinted = dice < 4 || dice > 5 ? { ...committed } : row(true)
    const tried =
      dice > 7
        ? []
        : [
            {
              committed: dice === 5 ? null : act(ours, block, timestamp, fate(dice < 4), []),
              hinted: act(ours, block, timestamp, fate(hinted.result === 'captured'), dice === 5 ? [id(64)] : []),
            },
          ]
    return { committed, hinted, acts: tried }
  }
  const pairs = Array.from({ length: liquidations }, (_, at) => pair(at))
  const refuted = act(plan(id(64), 999), 999, begin, 'refuted', [])
  return {
    ...{ version: 1, chainId: 1, range: { from: 990, to: 1_000 + liquidations * 7 }, chunks: 2, positions: 5_000 },
    tokens,
    proofs: pairs.length,
    tiers: {
      committed: tierOf(
        pairs.map((each) => each.committed),
        pairs.flatMap(({ acts }) => acts.flatMap((each) => each.committed ?? [])),
      ),
      hinted: tierOf(
        pairs.map((each) => each.hinted),
        [refuted, ...pairs.flatMap(({ acts }) => acts.map((each) => each.hinted))],
      ),
    },
    parity: pairs.map(({ committed: { block, position, transactionHash, winner } }, at) => ({
      ...{ block, transactionHash, positions: [position], theirs: winner.gain },
      ...(at % 5 === 0
        ? { ours: null, ratioBps: null, reason: word('no-route'), detail: word('nothing leads there'), pools: [] }
        : {
            ours: winner.gain,
            ratioBps: 2_000 + draw(20_000),
            reason: null,
            detail: '',
            pools: [{ pool: id(40), ours: null, theirs: { sell: id(40), sold: '5', buy: id(40), bought: '6' } }],
          }),
    })),
    sensitivity: (['gas', 'tip', 'latency', 'liquidity'] as const).flatMap((of) =>
      ['1', '2', '3'].map((at) => ({
        of,
        at: word(at),
        won: 3,
        captureBps: 1_234,
        net: wei().toString(),
        bids: wei().toString(),
      })),
    ),
    forced: [
      {
        ...{ block: 999, positions: [id(40)], foreseen: '-5', outcome: 'lost', net: '-7' },
        why: word('BelowMinimum(-7, 1)'),
        gas: { foreseen: 5, actual: 6 },
      },
    ],
    reasons: { [word('unprofitable')]: 12, act: 34 },
    faults: [word('a feed could not be read')],
  }
}

function tierOf(liquidations: readonly LiquidationRow[], acts: readonly ActRow[]): TierReport {
  const of = (result: LiquidationRow['result']): number => liquidations.filter((row) => row.result === result).length
  const [captured, missed] = [of('captured'), of('missed')]
  const won = acts.filter(({ fate }) => fate === 'won')
  const sums = (some: readonly ActRow[]) => ({
    net: some.reduce((sum, { proof }) => sum + BigInt(proof?.status === 'included' ? proof.net : 0), 0n).toString(),
    bids: some.reduce((sum, { proof }) => sum + BigInt(proof?.status === 'included' ? proof.bid : 0), 0n).toString(),
  })
  const shares = (nameOf: (act: ActRow) => string): TierReport['byDay'] =>
    [...Map.groupBy(won, nameOf)].map(([name, some]) => ({ name, won: some.length, ...sums(some) }))
  const misses = Map.groupBy(
    liquidations.filter(({ result }) => result === 'missed'),
    ({ why }) => why ?? '',
  )
  return {
    ...{ there: captured + missed, captured, missed, afterOurs: of('after-ours'), own: of('own') },
    captureBps: Math.floor((captured * 10_000) / Math.max(1, captured + missed)),
    ...{ recallBps: 8_125, won: won.length, alone: 0, ...sums(won), liquidations, acts },
    misses: Object.fromEntries(
      [...misses].map(([why, some]) => [
        why,
        {
          count: some.length,
          winnersGain: some.reduce((sum, { winner }) => sum + BigInt(winner.gain ?? 0), 0n).toString(),
        },
      ]),
    ),
    byProtocol: shares(({ plan }) => plan.strategy),
    byDay: shares(({ timestamp }) => new Date(timestamp * 1_000).toISOString().slice(0, 10)),
    byTrigger: shares(({ plan }) => plan.trigger),
  }
}

export const madeSweep = (before = ''): Sweep => ({
  key: `${before}submission.tipShareBps`,
  values: [{ value: `${before}7000`, won: 3, captureBps: 2_500, net: '5000000000000000' }],
  walked: { net: '7000000000000000', days: [{ day: '2026-05-01', value: `${before}7000`, net: '7000000000000000' }] },
})
