import type { Address } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import * as events from './events.ts'
import { ilksOf, type MakerBook, systemOf } from './records.ts'

/** Grows with the collaterals, never with the urns. */
export function watches(book: MakerBook): readonly LogFilter[] {
  const system = systemOf(book)
  if (system === null) return []
  const { vat, dog, spotter, ilkRegistry } = system.data
  const ilks = ilksOf(book).map(({ data }) => data)
  const filter = (addresses: readonly Address[], topics: LogFilter['topics']): readonly LogFilter[] =>
    addresses.length === 0 ? [] : [{ addresses: [...new Set(addresses)], topics }]
  return [
    ...filter([vat], [events.vatTopics]),
    ...filter([dog], [events.dogTopics]),
    ...filter([spotter], [events.spotterTopics]),
    ...filter([ilkRegistry], [events.registryTopics]),
    ...filter(
      ilks.map(({ clip }) => clip),
      [events.clipTopics],
    ),
    ...filter(
      ilks.map(({ calc }) => calc),
      [events.calcTopics],
    ),
    ...filter(
      ilks.flatMap(({ pip, source }) => (source === 'osm' ? [pip] : [])),
      [],
    ),
  ]
}
