import type { Address, Asset } from '#core/address.ts'
import type { MarketId } from '#core/book.ts'
import { BPS, type Wei, wei } from '#core/numbers.ts'
import { type Concentration, concentrationOf } from './concentration.ts'
import type { Taken } from './taken.ts'
import { grossOf, type Valuation, volumeOf } from './valuation.ts'

/** Of some liquidations together; values in wei of wrapped native. */
export type Figures = {
  readonly liquidations: number
  readonly volume: Wei
  /** Those whose token no pool prices, or is not known: not in the volume. */
  readonly unpriced: number
  /** Behind an oracle's answer of their own block. */
  readonly behindUpdate: number
  readonly winners: number
  /** Of whole transactions, each counted once. */
  readonly tips: Wei
  readonly gas: Wei
}
export type ProtocolRow = Figures & { readonly key: string }
export type MarketRow = Figures & {
  readonly key: string
  readonly market: MarketId
  readonly debt: Asset | null
  readonly collateral: Asset | null
  readonly isFollowed: boolean
}
export type WinnerRow = Figures & { readonly winner: Address; readonly shareBps: bigint }

export type Summary = {
  readonly all: Figures
  readonly protocols: readonly ProtocolRow[]
  readonly markets: readonly MarketRow[]
  readonly winners: readonly WinnerRow[]
  /** By value; by count where nothing has a price. `null` where nobody won anything. */
  readonly concentration: (Concentration & { readonly by: 'value' | 'count' }) | null
  /** The share of the volume (of the count, where nothing has a price) that lay behind an update of its own block. */
  readonly auctionedBps: bigint | null
  /** False where payments by contracts could not be seen. */
  readonly areTipsWhole: boolean
  /** Of what was gained before gas, where both sides have a price, the part that went into tips. */
  readonly tipsOfGrossBps: bigint | null
}

/** Largest first, everywhere. */
export function summarise(taken: readonly Taken[], value: Valuation): Summary {
  const all = figuresOf(taken, value)
  const by = all.volume > 0n ? 'value' : 'count'
  const weight = ({ volume, liquidations }: Figures): bigint => (by === 'value' ? volume : BigInt(liquidations))
  const grouped = <Row extends Figures>(
    key: (one: Taken) => string,
    row: (of: readonly Taken[]) => Row,
  ): readonly Row[] => [...Map.groupBy(taken, key).values()].map(row).sort((a, b) => (weight(a) < weight(b) ? 1 : -1))
  const winners = grouped(
    ({ winner }) => winner,
    (of) => ({ ...figuresOf(of, value), winner: (of[0] as Taken).winner, shareBps: 0n }),
  )
  const concentration = concentrationOf(winners.map(weight))
  const total = weight(all)
  return {
    all,
    protocols: grouped(
      ({ key }) => key,
      (of) => ({ ...figuresOf(of, value), key: (of[0] as Taken).key }),
    ),
    markets: grouped(marketKey, (of) => marketRow(of, value)),
    winners: winners.map((row) => ({ ...row, shareBps: total === 0n ? 0n : (weight(row) * BPS) / total })),
    concentration: concentration === null ? null : { ...concentration, by },
    auctionedBps:
      total === 0n
        ? null
        : (weight(
            figuresOf(
              taken.filter((one) => one.isBehindUpdate),
              value,
            ),
          ) *
            BPS) /
          total,
    areTipsWhole: taken.every(({ paid }) => paid.isTipWhole),
    tipsOfGrossBps: tipsOfGross(taken, value),
  }
}

function figuresOf(taken: readonly Taken[], value: Valuation): Figures {
  const volumes = taken.map((one) => volumeOf(one, value))
  const paid = [...new Map(taken.map((one) => [one.outcome.transactionHash, one.paid])).values()]
  return {
    liquidations: taken.length,
    volume: wei(volumes.reduce<bigint>((sum, one) => sum + (one ?? 0n), 0n)),
    unpriced: volumes.filter((one) => one === null).length,
    behindUpdate: taken.filter(({ isBehindUpdate }) => isBehindUpdate).length,
    winners: new Set(taken.map(({ winner }) => winner)).size,
    tips: wei(paid.reduce((sum, one) => sum + one.tip, 0n)),
    gas: wei(paid.reduce((sum, one) => sum + one.gas, 0n)),
  }
}

const debtOf = ({ outcome }: Taken): Asset | null => outcome.repaid?.asset ?? null
const collateralOf = ({ outcome }: Taken): Asset | null => outcome.seized[0]?.asset ?? null
const marketKey = (one: Taken): string => [one.key, one.outcome.market, debtOf(one), collateralOf(one)].join(' ')

function marketRow(of: readonly Taken[], value: Valuation): MarketRow {
  const first = of[0] as Taken
  const { key, isFollowed, outcome } = first
  const pair = { debt: debtOf(first), collateral: collateralOf(first) }
  return { ...figuresOf(of, value), key, market: outcome.market, ...pair, isFollowed }
}

/** Whole transactions, of which everything has a price and something was gained. */
function tipsOfGross(taken: readonly Taken[], value: Valuation): bigint | null {
  let [tips, gross] = [0n, 0n]
  for (const of of Map.groupBy(taken, ({ outcome }) => outcome.transactionHash).values()) {
    const gains = of.map((one) => grossOf(one, value))
    if (gains.includes(null)) continue
    const gain = gains.reduce<bigint>((sum, one) => sum + (one ?? 0n), 0n)
    if (gain <= 0n) continue
    gross += gain
    tips += of[0]?.paid.tip ?? 0n
  }
  return gross === 0n ? null : (tips * BPS) / gross
}
