import type { Position } from '#core/book.ts'
import { createShelf } from '../../src/book/shelf.ts'
import { aaveAccount, aaveMarkets, assetsOf, chanceOf, openedAt, putMarket, putPosition } from './aave-book.ts'

/**
 * A child of `book-memory`: holds so many accounts in one form and tells what they take and how long a full collection
 * is. Run with --expose-gc. The packed form has the screen's index; the object form has none, and the set of a market's
 * ids that the book had beside its Map.
 */
const [form, count] = [process.argv[2], Number(process.argv[3])]
const collect = globalThis.gc as () => void

function bytesNow(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function holdObjects(): unknown {
  const positions = new Map<string, Position>()
  const home = new Set<string>()
  const chance = chanceOf(1)
  const assets = assetsOf(40, chance)
  for (let n = 0; n < count; n += 1) {
    const position = aaveAccount({ assets, chance })
    positions.set(position.id, position)
    home.add(position.id)
  }
  return { positions, home }
}

async function holdPacked(): Promise<unknown> {
  const { createScreen } = await import('../../src/opportunity/screen.ts')
  const { exposure, indices } = await import('../../strategies/aave-v3/exposure.ts')
  const chance = chanceOf(1)
  const assets = assetsOf(40, chance)
  const shelf = createShelf()
  const markets = aaveMarkets(assets, chanceOf(2))
  for (const market of markets) shelf.apply(putMarket(market) as never)
  const screen = createScreen({ exposure, indices } as never, shelf)
  for (let n = 0; n < count; n += 1) shelf.apply(putPosition(aaveAccount({ assets, chance })) as never)
  const block = { number: 1, timestamp: openedAt, baseFee: 0n as never, parentHash: '0x' as const }
  const feed = (id: string) => ({ value: BigInt(assets[Number(id.slice(6))]?.price ?? 0), updatedAt: 0 })
  screen.unsafe({ id: '', block, trigger: 'head', book: shelf, feed, before: [] })
  return { shelf, screen }
}

await import('../../src/opportunity/screen.ts')
const before = bytesNow()
const held = form === 'objects' ? holdObjects() : await holdPacked()
process.send?.({ bytes: (bytesNow() - before) / count, held: held !== undefined })
process.on('message', () => {
  const started = performance.now()
  collect()
  process.send?.({ ms: performance.now() - started, held: held !== undefined })
})
