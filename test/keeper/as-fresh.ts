import { expect } from 'vitest'
import type { Book } from '#core/book.ts'
import { toText } from '#core/plain.ts'
import { createBooks } from '../../src/book/books.ts'
import { viewAt } from '../../src/chain/view.ts'
import { Mirror } from '../../src/engine/mirror.ts'
import type { Live, Rig } from './rig.ts'

/** All records, pools and prices, as text: a book that followed the chain and one that was just read must be the same. */
export async function expectAsFresh(world: Rig, keeper: Live): Promise<void> {
  const followed = keeper.keeper.mirror()
  const head = keeper.keeper.head()
  const view = await viewAt(world.sandbox.rpc, head?.hash ?? '0x')
  const { chain, hubs } = keeper.config
  const fresh = new Mirror(createBooks(8), followed.modules, [chain.wrappedNative, ...hubs], chain.blockSeconds)
  await fresh.load(view, () => undefined)
  expect(followed.hasStale()).toBe(false)
  const { strategies, venues, flash } = followed.modules
  for (const { key } of [...strategies, ...venues, ...flash]) {
    expect([key, recordsOf(followed.books.shelf(key))]).toEqual([key, recordsOf(fresh.books.shelf(key))])
  }
  for (const { key, module } of strategies) {
    for (const { id } of module.feeds(followed.books.shelf(key)))
      expect([id, followed.books.feed(id)?.value]).toEqual([id, fresh.books.feed(id)?.value])
  }
  const pools = (mirror: Mirror): readonly string[] => [...mirror.admittedPools()].map(({ id }) => id).sort()
  expect(pools(followed)).toEqual(pools(fresh))
}

const recordsOf = (book: Book): readonly string[] =>
  [...book.markets(), ...book.positions()].map((record) => toText(record as never)).sort()
