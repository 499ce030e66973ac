import { setTimeout as sleep } from 'node:timers/promises'
import { errorOf, type Job, type Jobs } from './jobs.ts'

const lookMs = 1_000
/** Results that come close together are asked for at once. */
const gatherMs = 20

/**
 * Has jobs done by whoever takes them. @returns their results, in the order of the jobs.
 * @throws the first failure that is seen: the others are left to whoever holds them.
 */
export async function collect(
  jobs: Jobs,
  wanted: readonly Job[],
  onDone: (done: number) => void = () => undefined,
): Promise<readonly string[]> {
  const results = new Map<string, string>()
  // The same asked for twice is one job.
  await jobs.put([...new Map(wanted.map((job) => [job.id, job])).values()])
  for (;;) {
    const changed = jobs.change(lookMs)
    const missing = wanted.flatMap(({ id }) => (results.has(id) ? [] : [id]))
    const found = await jobs.settled(missing)
    for (const [id, settled] of found) {
      if ('failure' in settled) throw errorOf(settled.failure)
      results.set(id, settled.result)
    }
    if (found.size > 0) onDone(results.size)
    if (missing.every((id) => results.has(id))) return wanted.map(({ id }) => results.get(id) as string)
    await changed
    await sleep(gatherMs)
  }
}
