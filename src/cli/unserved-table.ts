import { short, table } from './table.ts'
import type { UnservedRow } from './unserved-rows.ts'

type Listed = { readonly unserved: UnservedRow; readonly todo: string }

/** More than a screen is for `--json`. */
const rowsMost = 40
const owedMost = 3

/** The most stuck first; what is not followed last. */
export function unservedTable(listed: readonly Listed[]): string {
  const rows = [...listed]
    .sort((a, b) => (b.unserved.stuck ?? -1) - (a.unserved.stuck ?? -1))
    .slice(0, rowsMost)
    .map(({ unserved, todo }) => [
      unserved.protocol,
      named(unserved),
      unserved.reason,
      String(unserved.markets.length),
      unserved.positions === null ? '?' : String(unserved.positions),
      unserved.stuck === null ? '?' : String(unserved.stuck),
      `${owedText(unserved.owed)}\n→ ${todo}`,
    ])
  const head = ['protocol', 'token', 'why', 'markets', 'positions', 'stuck', 'owed']
  const shown = table(head, rows, ['markets', 'positions', 'stuck'], 60)
  const more = listed.length - rows.length
  return more > 0 ? `${shown}\nand ${more} more: plimsoll doctor --json` : shown
}

const named = ({ symbol, token }: Pick<UnservedRow, 'symbol' | 'token'>): string => `${symbol ?? '?'} ${short(token)}`

function owedText(owed: UnservedRow['owed']): string {
  const texts = owed
    .slice(0, owedMost)
    .map(({ amount, decimals, ...token }) =>
      decimals === null
        ? `${amount} units of ${named(token)}`
        : `${whole(amount, decimals)} ${token.symbol ?? named(token)}`,
    )
  if (owed.length > owedMost) texts.push(`${owed.length - owedMost} more`)
  return texts.length === 0 ? 'nothing' : texts.join(', ')
}

/** Whole tokens, rounded down; what is less than one says so. */
function whole(units: bigint, decimals: number): string {
  const tokens = units / 10n ** BigInt(decimals)
  return tokens === 0n && units > 0n ? 'less than 1' : tokens.toString().replaceAll(/\B(?=(\d{3})+$)/g, ',')
}
