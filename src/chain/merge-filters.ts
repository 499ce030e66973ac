import type { Address, Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'

/**
 * As few filters as give at least the same logs: hosted nodes count calls, and a block is asked once for each. Those
 * that bind the event alone become one; others are joined where they differ in nothing but addresses. What comes beside
 * is matched again where it is used.
 */
export function mergeFilters(filters: readonly LogFilter[]): readonly LogFilter[] {
  const events = { addresses: new Set<Address>(), topics: new Set<Hex>() }
  const byTopics = new Map<string, { readonly topics: LogFilter['topics']; readonly addresses: Set<Address> }>()
  const apart: LogFilter[] = []
  for (const filter of filters) {
    const { addresses, topics } = filter
    const [event] = topics
    if (addresses === 'any') apart.push(filter)
    else if (topics.length === 1 && event !== null && event !== undefined) {
      for (const address of addresses) events.addresses.add(address)
      for (const topic of typeof event === 'string' ? [event] : event) events.topics.add(topic)
    } else {
      const key = JSON.stringify(topics)
      const same = byTopics.get(key) ?? { topics, addresses: new Set() }
      byTopics.set(key, same)
      for (const address of addresses) same.addresses.add(address)
    }
  }
  const joined = [...byTopics.values()].map(({ topics, addresses }) => ({ topics, addresses: [...addresses] }))
  const one = { addresses: [...events.addresses], topics: [[...events.topics]] }
  return [...(one.addresses.length === 0 ? [] : [one]), ...joined, ...apart]
}
