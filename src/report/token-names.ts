import type { Report, Tokens } from '../backtest/report.ts'
import { grouped } from './amounts.ts'
import { html, type Markup } from './markup.ts'
import { short } from './seen.ts'
import { type Cell, code } from './table.ts'

/** Tokens as people know them. */
export type TokenNames = {
  /** `USDC`; its address where it has no name, both where others have the same. */
  readonly name: (asset: string) => string
  /** Whole tokens, to the last digit; smallest units where their size is not known. */
  readonly amount: (units: string, asset: string) => string
  /** `12.5 USDC`, the address where it is pointed at. */
  readonly shown: (units: string, asset: string) => Markup
  /** The name as a cell, the address behind it. */
  readonly cell: (asset: string) => Cell
}

/** Two of one name cannot both be what it says: each then stands with its address. */
export function tokenNames({ tokens }: Pick<Report, 'tokens'>): TokenNames {
  const counts = new Map<string, number>()
  for (const { symbol } of Object.values(tokens)) if (symbol !== null) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  const textOf = (asset: string): Tokens[string] | undefined => tokens[asset.toLowerCase()]
  const name = (asset: string): string => {
    const symbol = textOf(asset)?.symbol ?? null
    if (symbol === null) return asset
    return counts.get(symbol) === 1 ? symbol : `${symbol} ${short(asset)}`
  }
  const amount = (units: string, asset: string): string => wholeOf(units, textOf(asset)?.decimals ?? null)
  return {
    name,
    amount,
    shown: (units, asset) =>
      textOf(asset)?.decimals == null
        ? html`${amount(units, asset)} units of <code>${name(asset)}</code>`
        : html`<span title="${asset}">${amount(units, asset)} ${name(asset)}</span>`,
    cell: (asset) => code(name(asset), asset),
  }
}

function wholeOf(units: string, decimals: number | null): string {
  const sign = units.startsWith('-') ? '-' : ''
  const digits = units.slice(sign.length)
  if (decimals === null || decimals === 0) return `${sign}${grouped(digits)}`
  const padded = digits.padStart(decimals + 1, '0')
  const part = padded.slice(-decimals).replace(/0+$/, '')
  return `${sign}${grouped(padded.slice(0, -decimals))}${part === '' ? '' : `.${part}`}`
}
