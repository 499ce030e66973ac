import { symbols, type TokenSymbol, tokenData } from '../market-data.ts'
import { type Random, randomOf } from '../random.ts'
import { type CrashShape, crashShape } from './crash-shape.ts'
import { between, type Knot } from './knots.ts'

/** Dollars. Nothing is decided by them: they make a world. */
export type Dollars = Readonly<Record<TokenSymbol, number>>
export type PricePath = {
  /** Seconds from the start; what lies between two minutes lies on the line between them. */
  readonly at: (second: number) => Dollars
  readonly peak: number
  readonly trough: number
  /** 0 in quiet times, 1 at the trough: what gas and haste go by. */
  readonly haste: (second: number) => number
}

const HOUR = 3_600
/** A move is forgotten in about so many minutes, so that the fall stays what the shape says. */
const MEMORY = 180

/**
 * Prices of so many days with one crash in them, repeatable by the seed: a fall in four speeds and a rebound, on which
 * every asset moves by itself and with ether. In fewer days the same fall is quicker.
 */
export function pricePath(seed: number, days: number, shape: CrashShape = crashShape): PricePath {
  const end = days * 24 * HOUR
  const trough = Math.round(end * 0.7)
  const fall = Math.min(shape.hours * HOUR, end * 0.45)
  const pace = Math.min(1, fall / (48 * HOUR))
  const knots = fallOf(shape, trough, fall, pace)
  const haste = between([
    [trough - fall, 0],
    [trough - 24 * HOUR * pace, 0.15],
    [trough - 4 * HOUR * pace, 0.4],
    [trough, 1],
    [trough + 6 * HOUR * pace, 0.3],
    [trough + 36 * HOUR * pace, 0],
  ])
  const level = between(knots)
  const staked = between(dip(trough, pace, 1.2, shape.stakedLow))
  const dollar = between(dip(trough, pace, 1, shape.dollarLow))
  const noises = noisesOf(randomOf(seed), shape, end, haste)
  const noiseOf = (symbol: TokenSymbol, second: number): number => {
    const minute = Math.max(0, second / 60)
    const [low, part] = [Math.floor(minute), minute % 1]
    const noise = noises[symbol]
    // Peak and trough are where the shape has them.
    const pinned = Math.min(1, Math.abs(second - trough) / (6 * HOUR * pace), Math.abs(second - trough + fall) / HOUR)
    return pinned * ((noise?.[low] ?? 0) * (1 - part) + (noise?.[low + 1] ?? 0) * part)
  }
  const priceOf = (symbol: TokenSymbol, second: number): number => {
    if (symbol === 'WSTETH') return priceOf('WETH', second) * staked(second)
    if (symbol === 'DAI') return dollar(second)
    const start = Number(tokenData[symbol].price) / 1e8
    const share = shape.shares[symbol]
    return share === undefined ? start : start * Math.exp(share * level(second) + noiseOf(symbol, second))
  }
  return {
    at: (second) => Object.fromEntries(symbols.map((symbol) => [symbol, priceOf(symbol, second)])) as Dollars,
    ...{ peak: trough - fall, trough, haste },
  }
}

/** Logarithms of ether's price: the slide, the worst day, its worst hours, the rebound. */
function fallOf(shape: CrashShape, trough: number, fall: number, pace: number): readonly Knot[] {
  const log = (part: number): number => Math.log(1 - part)
  const low = log(shape.drop)
  return [
    [trough - fall, 0],
    [trough - 24 * HOUR * pace, low - log(shape.worstDay)],
    [trough - 4 * HOUR * pace, low - log(shape.worstHours)],
    [trough, low],
    [trough + 24 * HOUR * pace, Math.log(1 - shape.drop * (1 - shape.rebound))],
  ]
}

const dip = (trough: number, pace: number, from: number, low: number): readonly Knot[] => [
  [trough - 30 * HOUR * pace, from],
  [trough - 2 * HOUR * pace, from * (1 - (1 - low) * 0.8)],
  [trough + 2 * HOUR * pace, from * low],
  [trough + 48 * HOUR * pace, from * (1 - (1 - low) * 0.25)],
]

type Noises = Readonly<Partial<Record<TokenSymbol, Float64Array>>>

/** By the minute, in logarithms: each one's own, and ether's as far as it is correlated. */
function noisesOf(random: Random, shape: CrashShape, end: number, haste: (second: number) => number): Noises {
  const minutes = Math.ceil(end / 60) + 120
  const moving = symbols.filter((symbol) => shape.shares[symbol] !== undefined)
  const noises = Object.fromEntries(moving.map((symbol) => [symbol, new Float64Array(minutes + 1)]))
  for (let minute = 1; minute <= minutes; minute += 1) {
    const hourly = shape.calm + (shape.wild - shape.calm) * Math.min(1, 4 * haste(minute * 60))
    const ether = normal(random)
    for (const symbol of moving) {
      const with_ = shape.correlations[symbol] ?? 1
      const own = with_ === 1 ? 0 : normal(random)
      const move = (hourly / Math.sqrt(60)) * (with_ * ether + Math.sqrt(1 - with_ ** 2) * own)
      const noise = noises[symbol]
      if (noise !== undefined) noise[minute] = (noise[minute - 1] ?? 0) * (1 - 1 / MEMORY) + move
    }
  }
  return noises
}

/** Box and Muller's. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction())
