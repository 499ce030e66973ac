import type { Address } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import type { Feed } from '#core/feed.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Books } from '../book/books.ts'
import { whileUnchanged } from '../book/while-unchanged.ts'
import type { Module } from './modules.ts'

type Watching = { watches(book: Book): readonly LogFilter[] }

/** What modules say of their books: asked again where a book has changed, since most blocks change none. */
export type ModuleWords = {
  readonly watches: (key: string) => readonly LogFilter[]
  /** The same array while no strategy has another word. */
  readonly feeds: () => readonly Feed[]
  readonly assets: () => readonly Address[]
}

export function moduleWords(
  books: Books,
  strategies: readonly Module<Strategy>[],
  recorded: readonly Module<Watching>[],
): ModuleWords {
  const watches = new Map(
    recorded.map(({ key, module }) => {
      const book = books.shelf(key)
      return [key, whileUnchanged(book, () => module.watches(book))] as const
    }),
  )
  const joined = <One>(ask: (module: Strategy, book: Book) => readonly One[]): (() => readonly One[]) => {
    const parts = strategies.map(({ key, module }) => {
      const book = books.shelf(key)
      return whileUnchanged(book, () => ask(module, book))
    })
    let before: readonly (readonly One[])[] = []
    let all: readonly One[] = []
    return () => {
      const now = parts.map((part) => part())
      if (now.length !== before.length || now.some((part, at) => part !== before[at])) all = now.flat()
      before = now
      return all
    }
  }
  return {
    watches: (key) => watches.get(key)?.() ?? [],
    feeds: joined((module, book) => module.feeds(book)),
    assets: joined((module, book) => module.assets(book)),
  }
}
