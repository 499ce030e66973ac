/** What one kind of line may take: so many at once, then so many a second. */
export type Calm = {
  /** Whether a line of this kind is written; if not, it is counted. */
  readonly admits: (kind: string) => boolean
  /** Tells at once what was kept back since it was last told. */
  readonly tell: () => void
}

/** A kind's lines at once; an ordinary day stays far below. */
const burst = 500
const perSecond = 20
const tellEveryMs = 5_000

/**
 * Bounds a log in a storm, each kind of line for itself, so that a thousand skips hide no receipt. `told` hears how many
 * of each kind were kept back, every five seconds while there are any.
 */
export function createCalm(told: (kept: Readonly<Record<string, number>>) => void, now: () => number = Date.now): Calm {
  const buckets = new Map<string, { left: number; atMs: number }>()
  const kept = new Map<string, number>()
  let timer: NodeJS.Timeout | null = null
  const tell = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (kept.size === 0) return
    const counts = Object.fromEntries(kept)
    kept.clear()
    told(counts)
  }
  return {
    tell,
    admits: (kind) => {
      const atMs = now()
      const bucket = buckets.get(kind) ?? { left: burst, atMs }
      bucket.left = Math.min(burst, bucket.left + (Math.max(0, atMs - bucket.atMs) * perSecond) / 1_000)
      bucket.atMs = atMs
      buckets.set(kind, bucket)
      if (bucket.left >= 1) {
        bucket.left -= 1
        return true
      }
      kept.set(kind, (kept.get(kind) ?? 0) + 1)
      timer ??= setTimeout(tell, tellEveryMs).unref()
      return false
    },
  }
}
