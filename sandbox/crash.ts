import { type TokenSymbol, tokenData, usd } from './market-data.ts'
import { seeded } from './seeded.ts'

export type CrashStep = {
  readonly label: string
  /** Dollars with 8 decimals; what is absent stays. */
  readonly prices: Readonly<Partial<Record<TokenSymbol, bigint>>>
}

type Shape = {
  readonly label: string
  /** Parts of the price at the start. */
  readonly weth: number
  readonly wbtc: number
  readonly link: number
  readonly orphan: number
  /** Dollars. */
  readonly dai: number
  /** WSTETH in WETH; 1.2 is what it is worth. */
  readonly staked: number
}

/**
 * An afternoon that goes wrong: a drift, a slide, a fall, a stablecoin and a staking token losing their peg, a rout in
 * which the thin asset gaps through its bonus, and a rebound. The shape is made up; the seed moves it by half a percent.
 */
const shapes: readonly Shape[] = [
  { label: 'drift', weth: 0.98, wbtc: 0.985, link: 0.97, orphan: 0.98, dai: 1, staked: 1.2 },
  { label: 'slide', weth: 0.93, wbtc: 0.95, link: 0.9, orphan: 0.92, dai: 1, staked: 1.199 },
  { label: 'fall', weth: 0.86, wbtc: 0.9, link: 0.8, orphan: 0.82, dai: 0.998, staked: 1.196 },
  { label: 'depeg', weth: 0.85, wbtc: 0.89, link: 0.79, orphan: 0.8, dai: 0.92, staked: 1.12 },
  { label: 'rout', weth: 0.76, wbtc: 0.8, link: 0.545, orphan: 0.6, dai: 0.93, staked: 1.13 },
  { label: 'rebound', weth: 0.81, wbtc: 0.845, link: 0.6, orphan: 0.65, dai: 0.985, staked: 1.17 },
]

export function crashScript(seed = 1): readonly CrashStep[] {
  const random = seeded(seed ^ 0xc4a5)
  return shapes.map(({ label, weth, wbtc, link, orphan, dai, staked }) => {
    const shaken = (part: number): number => part * (1 + (random() - 0.5) / 100)
    const start = (symbol: TokenSymbol): number => Number(tokenData[symbol].price) / 1e8
    const ether = start('WETH') * shaken(weth)
    const prices = {
      WETH: cents(ether),
      WSTETH: cents(ether * staked),
      WBTC: cents(start('WBTC') * shaken(wbtc)),
      LINK: usd(Number((start('LINK') * shaken(link)).toFixed(4))),
      ORPHAN: usd(Number((start('ORPHAN') * shaken(orphan)).toFixed(4))),
      DAI: usd(dai),
    }
    return { label, prices }
  })
}

const cents = (dollars: number): bigint => usd(Number(dollars.toFixed(2)))
