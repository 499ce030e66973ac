import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'

/** A move of a token's price: -0.3 is a fall by 30 %. */
export type Shock = { readonly name: string; readonly share: number }

/** What happens, and what holds while it does. Shares of 1. */
export type Scenario = {
  /** In equal parts, step by step. */
  readonly shocks: readonly Shock[]
  /** Whole from the first step on. */
  readonly depegs: readonly Shock[]
  readonly steps: number
  /** Of how far sales have pushed pools below the market, the part that the market follows; 0: others buy it back. */
  readonly recovery: number
  /** How far a price must be from its oracle's before that one follows. */
  readonly deviation: number
}

/** Price of every token over what it was before. */
export type Factors = (token: Address) => number

/**
 * `ETH` names all that follows ether: every symbol that ends in it, staked ones too; `BTC` all that has it in its name.
 * Any other name is one symbol.
 */
export function groupOf(symbol: string): string {
  const upper = symbol.toUpperCase()
  if (upper.endsWith('ETH')) return 'ETH'
  return upper.includes('BTC') ? 'BTC' : upper
}

const names = (shock: Shock, symbol: string): boolean =>
  shock.name === symbol.toUpperCase() || shock.name === groupOf(symbol)

/** Price over the price before, `part` of the way down (0 to 1). Where two name a token, both hold. */
export function factorAt(
  { shocks, depegs }: Pick<Scenario, 'shocks' | 'depegs'>,
  symbol: string,
  part: number,
): number {
  const fallen = shocks.filter((one) => names(one, symbol)).reduce((of, { share }) => of * (1 + share * part), 1)
  return depegs.filter((one) => names(one, symbol)).reduce((of, { share }) => of * (1 + share), fallen)
}

/** `ETH=-30%`. @throws `bad-argument` when it is not a name and a percentage above -100. */
export function parseShock(text: string): Shock {
  const [, name, percent] = /^([A-Za-z0-9._-]+)=([+-]?\d+(?:\.\d+)?)%$/.exec(text) ?? []
  const share = Number(percent) / 100
  if (name === undefined || !(share > -1))
    throw new KeeperError(
      'bad-argument',
      `${text} is no shock: write a symbol and a percentage above -100, as ETH=-30%`,
    )
  return { name: name.toUpperCase(), share }
}

/** @throws `bad-argument` when a shock names nothing that is priced, with what is. */
export function checkNames({ shocks, depegs }: Scenario, symbols: readonly string[]): void {
  for (const shock of [...shocks, ...depegs]) {
    if (symbols.some((symbol) => names(shock, symbol))) continue
    const known = [...new Set(symbols)].sort().join(', ')
    throw new KeeperError('bad-argument', `no protocol here prices ${shock.name}; priced are ${known}`)
  }
}
