import { type TokenSymbol, tokenData, unitsWorth } from '../../../sandbox/market-data.ts'
import type { Random } from '../../../sandbox/random.ts'

/** What a borrower puts in and draws, in units of each token. */
export type FuzzPlan = {
  readonly emode: number
  readonly supplies: readonly (readonly [TokenSymbol, bigint])[]
  readonly borrows: readonly (readonly [TokenSymbol, bigint])[]
}

const everything: readonly TokenSymbol[] = ['WETH', 'WSTETH', 'WBTC', 'LINK', 'USDC', 'USDT', 'DAI', 'ORPHAN']
const scarce: readonly TokenSymbol[] = ['LINK', 'ORPHAN']
const categories: Readonly<Record<number, readonly TokenSymbol[]>> = {
  1: ['USDC', 'USDT', 'DAI'],
  2: ['WETH', 'WSTETH'],
}

/** One to three of each side, from dust to six figures; some in an e-mode, some owing what they supply. */
export function randomPlan(random: Random): FuzzPlan {
  const emode = random.chance(0.35) ? random.one([1, 2]) : 0
  const within = categories[emode] ?? everything
  const collaterals = random.some(random.chance(0.8) ? within : everything, random.one([1, 1, 1, 2, 3]))
  const debtsFrom = within.filter((symbol) => !scarce.includes(symbol) || random.chance(0.1))
  const debts = random.chance(0.2)
    ? [
        ...new Set([
          ...collaterals.filter((one) => debtsFrom.includes(one)).slice(0, 1),
          ...random.some(debtsFrom, random.whole(0, 1)),
        ]),
      ]
    : random.some(debtsFrom, random.one([1, 1, 2, 2, 3]))
  const size = sizeOf(random)
  const drawn = size * ltvOf(collaterals, emode) * (random.chance(0.7) ? 0.995 : 0.6 + 0.39 * random.fraction())
  const shares = partsOf(random, debts.length)
  return {
    emode,
    supplies: partsOf(random, collaterals.length).map((part, at) => worth(collaterals[at], size * part)),
    borrows: shares.map((part, at) => worth(debts[at], drawn * part)),
  }
}

/** Dollars: mostly between 5 and 60,000 by magnitude, with clusters around the pool's own limits of 1,000 and 2,000. */
function sizeOf(random: Random): number {
  const kind = random.fraction()
  if (kind < 0.05) return 10 ** (-5 + 5 * random.fraction())
  if (kind < 0.45) return 1_000 + 5_000 * random.fraction()
  return 5 * 10 ** (4.1 * random.fraction())
}

function partsOf(random: Random, count: number): readonly number[] {
  const raw = Array.from({ length: count }, () => 0.05 + random.fraction() ** 2)
  const sum = raw.reduce((total, one) => total + one, 0)
  return raw.map((one) => one / sum)
}

/** The least of them, so that what is drawn is never refused. */
const ltvOf = (collaterals: readonly TokenSymbol[], emode: number): number =>
  Math.min(
    ...collaterals.map((symbol) =>
      emode !== 0 && tokenData[symbol].reserve.emode === emode ? 0.93 : tokenData[symbol].reserve.ltv / 1e4,
    ),
  )

function worth(symbol: TokenSymbol | undefined, dollars: number): readonly [TokenSymbol, bigint] {
  const known = symbol ?? 'USDC'
  const { decimals, price } = tokenData[known]
  const fine = (BigInt(Math.max(1, Math.round(dollars * 1e9))) * 10n ** BigInt(decimals)) / (price * 10n)
  return [known, dollars > 1e6 ? unitsWorth(dollars, decimals, price) : fine > 0n ? fine : 1n]
}
