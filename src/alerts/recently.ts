/** Counts what happened within the last so many milliseconds; it holds a count for each of sixty parts of them. */
export function recently(windowMs: number) {
  const partMs = windowMs / 60
  let parts: { readonly at: number; count: number }[] = []
  const trim = (nowMs: number): void => {
    parts = parts.filter(({ at }) => at > nowMs - windowMs)
  }
  return {
    add: (nowMs: number): void => {
      const last = parts.at(-1)
      if (last !== undefined && nowMs - last.at < partMs) last.count += 1
      else parts.push({ at: nowMs, count: 1 })
      if (parts.length > 61) trim(nowMs)
    },
    count: (nowMs: number): number => {
      trim(nowMs)
      return parts.reduce((sum, { count }) => sum + count, 0)
    },
  }
}
