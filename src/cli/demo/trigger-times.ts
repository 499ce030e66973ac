import type { Trigger } from '#core/scene.ts'

/** From a trigger's arrival to the bytes handed over, in milliseconds; a simulation that came first is in it. */
export type TriggerTime = {
  readonly trigger: Trigger
  readonly count: number
  readonly medianMs: number
  readonly maxMs: number
}

/** One row a trigger, in order of appearance. */
export function triggerTimes(
  sent: readonly { readonly trigger: Trigger; readonly ns: bigint }[],
): readonly TriggerTime[] {
  const found = new Map<Trigger, number[]>()
  for (const { trigger, ns } of sent) found.set(trigger, [...(found.get(trigger) ?? []), Number(ns) / 1e6])
  return [...found].map(([trigger, times]) => {
    const sorted = times.sort((a, b) => a - b)
    const medianMs = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
    return { trigger, count: sorted.length, medianMs, maxMs: sorted.at(-1) ?? 0 }
  })
}
