import type { Book, Dirty, Market } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { CompoundPatch } from './after.ts'
import { type Debts, readAccounts } from './read-accounts.ts'
import { type HubRead, readHub } from './read-hub.ts'
import { rereadTokens } from './read-tokens.ts'
import { type Account, type CompoundMarket, type CToken, type Hub, isCToken, isHub, userOfId } from './records.ts'

type CompoundBook = Book<CompoundMarket, Account>

/**
 * What logs cannot carry, at the view's block: a dirty comptroller with all its markets, else dirty markets alone; dirty
 * accounts in two rounds of calls, their debts as the book has them. One that owes nothing any more is dropped.
 */
export async function refresh(view: View, book: CompoundBook, dirty: Dirty): Promise<readonly CompoundPatch[]> {
  const patches: CompoundPatch[] = []
  for (const hub of [...book.markets()].filter(isHub)) {
    const isDirty = dirty.markets.includes(hub.id)
    const read = isDirty
      ? await readHub(view, hub.data.comptroller)
      : { hub, tokens: await refreshed(view, book, hub, dirty) }
    const markets = isDirty ? [read.hub, ...read.tokens] : read.tokens
    patches.push(...markets.map((market): CompoundPatch => ({ op: 'put-market', market })))
    const all = isDirty && concernsAll(book, hub, read)
    const ids = all ? [...book.positionsOf(hub.id)].map(({ id }) => id) : dirty.positions
    const own = [...new Set(ids)].filter((id) => id.startsWith(`${hub.data.comptroller}/`))
    if (own.length > 0) patches.push(...(await refreshAccounts(view, book, read.hub.data, own)))
  }
  return patches
}

const refreshed = (
  view: View,
  book: CompoundBook,
  hub: Market<Hub>,
  { markets }: Dirty,
): Promise<readonly Market<CToken>[]> =>
  rereadTokens(
    view,
    [...book.markets()]
      .filter(isCToken)
      .filter((one) => one.data.comptroller === hub.data.comptroller && markets.includes(one.id)),
  )

/** Another Liquidator has restrictions of its own; a market listed or not changes what accounts have entered. */
function concernsAll(book: CompoundBook, before: Market<Hub>, { hub, tokens }: HubRead): boolean {
  if (hub.data.liquidator !== before.data.liquidator) return true
  return tokens.some((one) => {
    const old = book.market(one.id)
    return isCToken(old) && old.data.factors[0]?.isListed !== one.data.factors[0]?.isListed
  })
}

async function refreshAccounts(
  view: View,
  book: CompoundBook,
  hub: Hub,
  ids: Dirty['positions'],
): Promise<readonly CompoundPatch[]> {
  const owing = ids.flatMap((id) => {
    const debts: Debts = new Map(
      (book.position(id)?.data.holdings ?? [])
        .filter(({ principal }) => principal > 0n)
        .map(({ market, principal, index }) => [market, { principal, index }]),
    )
    return debts.size === 0 ? [] : [{ user: userOfId(id), debts }]
  })
  const found = await readAccounts(view, hub, owing)
  const kept = new Set<string>(found.map(({ id }) => id))
  return [
    ...found.map((position): CompoundPatch => ({ op: 'put-position', position })),
    ...ids.filter((id) => !kept.has(id)).map((id): CompoundPatch => ({ op: 'drop-position', id })),
  ]
}
