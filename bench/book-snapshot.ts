import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBooks } from '../src/book/books.ts'
import { loadSnapshot, saveSnapshot } from '../src/book/snapshot.ts'
import type { Bench } from './bench.ts'
import { aaveAccount, aaveMarkets, assetsOf, chanceOf, putMarket, putPosition } from './book/aave-book.ts'
import { rereading } from './reread.ts'

const restoredPositions = 1_000_000
/** As many as a private chain is filled with in a minute. */
const rereadPositions = 10_000
const layouts = { aave: 1 }

/** A book of so many accounts on disk, and the seconds to have it back, every position found by its id. */
async function snapshotOf(count: number): Promise<{
  readonly restoreSeconds: () => Promise<number>
  readonly fileBytes: number
  readonly close: () => Promise<void>
}> {
  const folder = await mkdtemp(join(tmpdir(), 'snapshot-'))
  const path = join(folder, 'book')
  const chance = chanceOf(3)
  const assets = assetsOf(40, chance)
  const books = createBooks(1)
  for (const market of aaveMarkets(assets, chance)) books.apply('aave', [putMarket(market) as never])
  const last = aaveAccount({ assets, chance })
  for (let n = 1; n < count; n += 1) books.apply('aave', [putPosition(aaveAccount({ assets, chance })) as never])
  books.apply('aave', [putPosition(last) as never])
  await saveSnapshot(path, { number: 1, hash: '0x', ...books.stored() }, layouts)
  const restoreSeconds = async (): Promise<number> => {
    const started = performance.now()
    const found = await loadSnapshot(path, layouts)
    const again = createBooks(1, found ?? undefined)
    const seconds = (performance.now() - started) / 1e3
    const one = again.shelf('aave').position(last.id)
    if (again.size().positions !== count || one?.data.config !== last.data.config)
      throw new Error('not what was stored')
    return seconds
  }
  return { restoreSeconds, fileBytes: (await stat(path)).size, close: () => rm(folder, { recursive: true }) }
}

export const bench: Bench = {
  name: 'book-snapshot',
  open: async () => {
    const chain = await rereading(rereadPositions)
    const { restoreSeconds, close } = await snapshotOf(restoredPositions)
    const scale = restoredPositions / rereadPositions
    return {
      metrics: [
        {
          name: 'snapshot-restore',
          what: 'restore 1,000,000 positions from a snapshot: read, digest, table of ids',
          unit: 's',
          ours: { name: 'snapshot', run: async () => ({ value: await restoreSeconds() }) },
          references: [
            {
              arm: { name: 'multicall', run: async () => ({ value: (await chain.rereadSeconds()) * scale }) },
              what: `reading ${rereadPositions.toLocaleString('en')} accounts anew by Multicall3 from anvil on this machine, scaled linearly to 1,000,000`,
              target: { kind: 'at-least', ratio: 100 },
            },
          ],
          repeats: 5,
          warmups: 1,
        },
      ],
      counts: [],
      close: async () => {
        await chain.close()
        await close()
      },
    }
  },
}
