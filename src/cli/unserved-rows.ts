import type { Address, Asset } from '#core/address.ts'
import type { Flow } from '#core/opportunity.ts'
import type { LeftOut } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import type { Mirror } from '../engine/mirror.ts'
import { type Lack, type Survey, surveyNow } from '../engine/unserved.ts'
import { type Check, ok, warning } from './check.ts'
import { readTokens, type TokenText } from './read-tokens.ts'

type Named = { readonly token: Asset } & TokenText
/** A token, or the markets of one debt token, that a deployment has on the chain and nothing is done about. */
export type UnservedRow = Named & {
  /** As the configuration has it. */
  readonly protocol: string
  readonly reason: Lack | LeftOut['reason']
  readonly markets: readonly string[]
  /** Those concerned, and those of them nothing can be done about; `null` where they are not followed. */
  readonly positions: number | null
  readonly stuck: number | null
  /** By the stuck ones, or in the markets left out; units as stored. */
  readonly owed: readonly (Named & { readonly amount: bigint })[]
}
type Found = Pick<UnservedRow, 'token' | 'protocol' | 'reason' | 'markets' | 'positions' | 'stuck'> & {
  readonly owed: readonly Flow[]
}

const todos: Readonly<Record<UnservedRow['reason'], string>> = {
  'no-exit': 'add a venue that trades it, an exit that redeems it, or a hub on its way',
  'no-lender': 'add a lender of it under flash',
  'not-chosen': 'name these markets in the entry, or write `all`',
  'not-understood': 'none: its rules are not computed here',
}

/** What is on the chain and not served, one warning each. @throws `rpc-unreachable`, `rpc-refused`. */
export async function unservedChecks(mirror: Mirror, view: View, wrapped: Address): Promise<readonly Check[]> {
  const found = [...surveyNow(mirror, wrapped).flatMap(fromSurvey), ...(await leftOut(mirror, view))]
  if (found.length === 0) return [ok('served', 'every token and market found has a way and a lender')]
  const texts = await readTokens(
    view,
    found.flatMap(({ token, owed }) => [token, ...owed.map(({ asset }) => asset)]),
  )
  const named = (token: Asset): Named => ({ token, symbol: null, decimals: null, ...texts.get(token) })
  return found.map((one) => {
    const owed = one.owed.map(({ asset, amount }) => ({ ...named(asset), amount }))
    const unserved = { ...one, ...named(one.token), owed }
    const what = `${one.protocol}: ${unserved.symbol ?? 'a token'} ${one.token}: ${one.reason}`
    return { ...warning('not served', what, todos[one.reason]), unserved }
  })
}

const labelOf = (key: string): string => key.slice(key.indexOf('/') + 1)

const fromSurvey = ({ key, tokens }: Survey): readonly Found[] =>
  tokens.map(({ lack, ...row }) => ({ ...row, protocol: labelOf(key), reason: lack }))

/** By debt token: such markets come by the hundred. */
async function leftOut(mirror: Mirror, view: View): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const { key, module } of mirror.modules.strategies) {
    const groups = new Map<string, readonly LeftOut[]>()
    for (const one of (await module.leftOut?.(view, mirror.books.shelf(key))) ?? []) {
      const group = `${one.reason}/${one.owes.asset}`
      groups.set(group, [...(groups.get(group) ?? []), one])
    }
    for (const group of groups.values()) {
      const { reason, owes } = group[0] as LeftOut
      const units = group.reduce((sum, one) => sum + one.owes.amount, 0n)
      found.push({
        ...{ protocol: labelOf(key), token: owes.asset, reason, positions: null, stuck: null },
        markets: group.map(({ market }) => market),
        owed: [{ asset: owes.asset, amount: units as Flow['amount'] }],
      })
    }
  }
  return found
}
