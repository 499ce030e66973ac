import type { Patch } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { MakerConfig } from './config.ts'
import { readIlks } from './read-ilks.ts'
import { allAuctions, readUrns, urnsOf } from './read-positions.ts'
import { listIlks, readSystem } from './read-system.ts'
import type { MakerMarket, MakerPosition } from './records.ts'

/** Urns whose state is read in one go. */
const pageSize = 500

/** The system, its collaterals, the auctions that run, then whoever ever borrowed and still owes, page by page. */
export async function* bootstrap(
  config: MakerConfig,
  view: View,
): AsyncIterable<readonly Patch<MakerMarket, MakerPosition>[]> {
  const system = await readSystem(view, config)
  const ilks = await readIlks(view, system.data, await listIlks(view, config))
  yield [system, ...ilks].map((market) => ({ op: 'put-market', market }))
  yield (await allAuctions(view, ilks)).map((position) => ({ op: 'put-position', position }))
  const found = await urnsOf(view, system.data, ilks, config.fromBlock)
  const urns = [...found].flatMap(([market, all]) => all.map((urn) => ({ market, urn })))
  for (let from = 0; from < urns.length; from += pageSize) {
    const page = await readUrns(view, system.data, urns.slice(from, from + pageSize))
    yield page.map((position) => ({ op: 'put-position', position }))
  }
}
