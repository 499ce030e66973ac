import { emodes, type TokenSymbol, tokenData } from '../market-data.ts'
import { type Random, randomOf } from '../random.ts'
import { type TestAccount, testAccount } from '../test-account.ts'
import { morphoMarkets, UNTRACKED } from './morpho-markets.ts'

export type Protocol = 'aave-3.0' | 'aave-3.6' | 'morpho'
/** `careful` puts in or pays back when the line is near; `restless` acts when it likes; `asleep` never does. */
export type Manner = 'asleep' | 'careful' | 'restless'

/** What somebody borrows, and against what: one asset each. */
export type Loan = {
  readonly index: number
  readonly protocol: Protocol
  /** Of Morpho's, by its place in `morphoMarkets`. */
  readonly market: number
  readonly account: TestAccount
  readonly manner: Manner
  readonly collateral: TokenSymbol
  readonly debt: TokenSymbol
  readonly emode: 0 | 1 | 2
  /** Parts of the collateral's worth: where it can be liquidated, and how much may be drawn. */
  readonly line: number
  readonly most: number
  /** What is put in when it is opened, and the health factor it is meant to have then. */
  readonly dollars: number
  readonly health: number
  /** Seconds from the start; 0: it stands before the first block. */
  readonly opens: number
}
/** Whole tokens, near enough: what it is screened by. The chain decides. */
export type Holding = { collateral: number; debt: number }

/** So many loans, repeatable by the seed: most against ether, from a few dollars to what a crowd of the size can carry. */
export function planLoans(seed: number, count: number, seconds: number): readonly Loan[] {
  const random = randomOf(seed ^ 0x10a45)
  const largest = count <= 500 ? 90_000 : 9_000
  return Array.from({ length: count }, (_, index) => {
    const isTiny = random.chance(0.1)
    const dollars = isTiny ? 3 * 20 ** random.fraction() : 400 * (largest / 400) ** random.fraction()
    const kind = kindOf(random, index)
    const limits = limitsOf(kind)
    // Where staked ether is all that falls, the line is near from the start.
    const health = kind.emode === 2 ? 1.025 + random.fraction() * 0.05 : 1.09 + 1.1 * random.fraction() ** 1.5
    const isLate = random.chance(0.15)
    const manner = random.chance(0.4) ? 'asleep' : random.chance(0.6) ? 'careful' : 'restless'
    return {
      ...{ index, ...kind, ...limits, dollars, health, manner },
      account: testAccount(`history borrower ${index}`),
      opens: isLate ? Math.round(random.fraction() * seconds * 0.9) : 0,
    }
  })
}

type Kind = Pick<Loan, 'protocol' | 'market' | 'collateral' | 'debt' | 'emode'>

/** Every tenth is in the market that nobody follows. */
function kindOf(random: Random, index: number): Kind {
  const isUntracked = index % 10 === 4
  const protocol = isUntracked ? 'morpho' : random.one<Protocol>(['aave-3.6', 'aave-3.6', 'aave-3.0', 'morpho'])
  if (protocol === 'morpho') {
    const market = isUntracked ? UNTRACKED : random.one([0, 0, 1, 4])
    const [collateral, debt] = morphoMarkets[market]?.pair ?? ['WETH', 'USDC']
    return { protocol, market, collateral, debt, emode: 0 }
  }
  if (random.chance(0.08)) return { protocol, market: 0, collateral: 'WSTETH', debt: 'WETH', emode: 2 }
  const collateral = random.one<TokenSymbol>(['WETH', 'WETH', 'WETH', 'WETH', 'WBTC', 'WBTC', 'WSTETH', 'LINK'])
  const debt = random.one<TokenSymbol>(['USDC', 'USDC', 'USDT', 'DAI'])
  return { protocol, market: 0, collateral: random.chance(0.04) ? 'ORPHAN' : collateral, debt, emode: 0 }
}

export function limitsOf({ protocol, market, collateral, emode }: Kind): Pick<Loan, 'line' | 'most'> {
  if (protocol === 'morpho') {
    const line = (morphoMarkets[market]?.lltv ?? 0) / 100
    return { line, most: line }
  }
  const { threshold, ltv } = emodes.find(({ id }) => id === emode) ?? tokenData[collateral].reserve
  return { line: threshold / 1e4, most: ltv / 1e4 }
}

/** Of what is put in, what may be drawn: a thousandth is left for rounding and interest. */
export const drawn = ({ line, most, health }: Loan): number => Math.min(line / health, most * 0.999)

export const unitsOf = (symbol: TokenSymbol, tokens: number): bigint =>
  (BigInt(Math.max(0, Math.round(tokens * 1e8))) * 10n ** BigInt(tokenData[symbol].decimals)) / 10n ** 8n
export const tokensOf = (symbol: TokenSymbol, units: bigint): number => Number(units) / 10 ** tokenData[symbol].decimals
