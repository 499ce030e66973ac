/** How time is cut for a plot: hours of a day or two, days of a season, months beyond; UTC. */
export type Periods = {
  readonly word: 'hour' | 'day' | 'month'
  /** All between the first and the last, empty ones too. */
  readonly all: readonly string[]
  readonly of: (timestamp: number) => string
}

const day = 86_400

export function periodsOf(timestamps: readonly number[]): Periods {
  const first = timestamps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const last = timestamps.reduce((a, b) => Math.max(a, b), 0)
  const span = last - first
  const word = span < 2 * day ? 'hour' : span < 120 * day ? 'day' : 'month'
  const of = (timestamp: number): string => {
    const text = new Date(timestamp * 1_000).toISOString()
    if (word === 'month') return text.slice(0, 7)
    return word === 'day' ? text.slice(5, 10) : `${text.slice(8, 10)}. ${text.slice(11, 13)}h`
  }
  if (timestamps.length === 0) return { word, all: [], of }
  const step = word === 'hour' ? 3_600 : day
  const begin = first - (first % step)
  const count = Math.floor((last - begin) / step) + 1
  return { word, of, all: [...new Set(Array.from({ length: count }, (_, at) => of(begin + at * step)))] }
}
