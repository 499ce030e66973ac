import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { type MarketId, marketId, type Patch, positionId } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import type { Rec } from '#core/plain.ts'
import { type Books, createBooks } from '../../src/book/books.ts'
import { loadSnapshot, saveSnapshot } from '../../src/book/snapshot.ts'
import { plain } from './support/plain.ts'

const hash: Hex = `0x${'12'.repeat(32)}`
const layouts = { aave: 1, other: 3 }
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
})
afterAll(() => rm(folder, { recursive: true }))

const home = marketId('home')
const put = (n: number, data: Rec, market: MarketId = home): Patch => ({
  op: 'put-position',
  position: { id: positionId(`p/0x${n.toString(16).padStart(40, '0')}`), market, owner: null, data },
})

function booksOf(values: readonly unknown[]): Books {
  const books = createBooks(4)
  for (const owner of ['aave', 'other']) {
    books.apply(owner, [{ op: 'put-market', market: { id: home, epoch: 7, data: { value: 5n ** 90n } } }])
    books.apply(
      owner,
      values.map((value, n) => put(n, { value } as Rec)),
    )
    books.apply(owner, [{ op: 'drop-position', id: positionId(`p/0x${'1'.padStart(40, '0')}`) }])
  }
  books.apply('feeds', [{ op: 'put-feed', id: feedId('a'), reading: { value: -5n, updatedAt: 9 } }])
  books.apply('feeds', [{ op: 'put-feed', id: feedId('b'), reading: null }])
  return books
}

const contents = (books: Books): unknown =>
  ['aave', 'other'].map((owner) => [[...books.shelf(owner).markets()], [...books.shelf(owner).positions()]])

const restored = async (path: string): Promise<Books> => {
  const found = await loadSnapshot(path, layouts)
  expect(found).toMatchObject({ number: 77, hash })
  return createBooks(4, found ?? undefined)
}

describe('a snapshot', () => {
  it('gives the books back, which go on as if nothing had been', async () => {
    const path = join(folder, 'whole')
    await fc.assert(
      fc.asyncProperty(fc.array(plain, { minLength: 2, maxLength: 20 }), async (values) => {
        const books = booksOf(values)
        await saveSnapshot(path, { number: 77, hash, ...books.stored() }, layouts)
        const again = await restored(path)
        expect(contents(again)).toEqual(contents(books))
        expect(again.feed(feedId('a'))).toEqual({ value: -5n, updatedAt: 9 })
        for (const one of [books, again])
          one.apply('aave', [put(1, { fresh: true }), put(0, { value: 1n }), put(99, {})])
        expect(contents(again)).toEqual(contents(books))
        expect(again.size()).toEqual(books.size())
      }),
      { numRuns: 40 },
    )
    expect(await readdir(folder), 'the temporary file is gone').toEqual(['whole'])
  })

  it('is refused with any byte flipped, any end cut off, or anything behind it', async () => {
    const [path, broken] = [join(folder, 'sound'), join(folder, 'broken')]
    await saveSnapshot(path, { number: 77, hash, ...booksOf([1n, 2n, 'x', 4]).stored() }, layouts)
    const sound = await readFile(path)
    const refusal = { code: 'bad-record', message: expect.stringContaining('damaged or cut short') }
    const refuses = async (bytes: Buffer): Promise<void> => {
      await writeFile(broken, bytes)
      await expect(loadSnapshot(broken, layouts)).rejects.toMatchObject(refusal)
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bytes = Buffer.from(sound)
        bytes[at] = (bytes[at] as number) ^ mask
        await refuses(bytes)
        await refuses(sound.subarray(0, at))
      }),
      { numRuns: 150 },
    )
    await refuses(Buffer.concat([sound, Buffer.alloc(1)]))
    await restored(path)
  })

  it('is refused where a strategy lays its records out otherwise, is new, or is gone', async () => {
    const path = join(folder, 'layouts')
    await saveSnapshot(path, { number: 77, hash, ...booksOf([1n, 2n]).stored() }, layouts)
    for (const others of [{ ...layouts, aave: 2 }, { ...layouts, third: 1 }, { aave: 1 }]) {
      await expect(loadSnapshot(path, others)).rejects.toMatchObject({
        code: 'bad-record',
        message: expect.stringContaining('laid out otherwise'),
      })
    }
  })

  it('is none where there is no file, and a named failure where it cannot be written', async () => {
    expect(await loadSnapshot(join(folder, 'absent'), layouts)).toBeNull()
    const nowhere = saveSnapshot(join(folder, 'no', 'such'), { number: 1, hash, ...booksOf([]).stored() }, layouts)
    await expect(nowhere).rejects.toMatchObject({ code: 'store-failed' })
  })
})
