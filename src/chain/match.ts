import type { Log, LogFilter } from '#core/block.ts'

/** Whether a node would give this log for the filter. */
export function matches(filter: LogFilter, log: Log): boolean {
  if (filter.addresses !== 'any' && !filter.addresses.includes(log.address)) return false
  return filter.topics.every((wanted, index) => {
    if (wanted === null) return true
    if (index >= log.topicCount) return false
    const topic = log.topic(index)
    return typeof wanted === 'string' ? wanted === topic : wanted.includes(topic)
  })
}
