import { wei } from '#core/numbers.ts'
import type { Story } from '../../console/story.ts'
import type { JournalReader } from '../../journal/open-postgres-journal.ts'
import { attemptRows } from '../attempt-rows.ts'
import { missRows } from '../miss-rows.ts'

/** Of a long journal, the newest records. */
const recordsMost = 10_000
const missesMost = 60

/** Profit and misses of before this start: a page begins with what the journal knows. */
export async function restoreStory(story: Story, journal: JournalReader): Promise<void> {
  const entries = await journal.select({ streams: ['intent', 'attempt', 'receipt', 'undone'], limit: recordsMost })
  for (const { plan, block, atMs, net } of attemptRows(entries))
    if (net.actual !== null) story.gain({ plan, block, atMs, net: wei(net.actual) })
  const misses = await journal.select({ streams: ['misses'], limit: missesMost })
  const undone = await journal.select({ streams: ['undone'], limit: recordsMost })
  for (const { atMs, ...miss } of missRows([...misses, ...undone])) story.miss({ ...miss, outcome: miss }, atMs)
}
