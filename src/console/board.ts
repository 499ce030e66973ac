/** What the page shows, by topic, as JSON. Whoever comes is told all of it, and from then on what changes. */
export interface Board {
  /** Takes the place of what was there. */
  readonly put: (topic: string, value: unknown) => void
  /** Rows by their `key`: those that are as they were are not told again. */
  readonly putRows: (topic: string, about: object, rows: readonly Row[]) => void
  /** Everything, as events for somebody new. */
  readonly all: () => readonly string[]
  /** What has changed since it was last taken, as events. */
  readonly takeNews: () => readonly string[]
  readonly value: (topic: string) => unknown
}
export type Row = { readonly key: string }

type Listed = { about: string; rows: Map<string, string> }

export function createBoard(): Board {
  const plain = new Map<string, string>()
  const listed = new Map<string, Listed>()
  const news = new Map<string, string>()

  return {
    put: (topic, value) => {
      const text = jsonOf(value)
      if (plain.get(topic) === text) return
      plain.set(topic, text)
      news.set(topic, text)
    },
    putRows: (topic, about, rows) => {
      const before = listed.get(topic)
      const now: Listed = {
        about: jsonOf(about),
        rows: new Map(rows.map((row) => [row.key, jsonOf(row)] as const)),
      }
      listed.set(topic, now)
      // What was not taken yet is told with what is new since; it is one message again.
      const told = news.has(topic) ? undefined : before?.rows
      const changed = [...now.rows].filter(([key, text]) => told?.get(key) !== text)
      const isSame =
        changed.length === 0 && before?.about === now.about && keysOf(before.rows) === keysOf(now.rows) && told
      if (isSame) return
      news.set(topic, listText(now, changed))
    },
    all: () => [
      ...[...plain].map(([topic, text]) => eventOf(topic, text)),
      ...[...listed].map(([topic, now]) => eventOf(topic, listText(now, [...now.rows]))),
    ],
    takeNews: () => {
      const told = [...news].map(([topic, text]) => eventOf(topic, text))
      news.clear()
      return told
    },
    value: (topic) => {
      const text = plain.get(topic)
      return text === undefined ? undefined : JSON.parse(text)
    },
  }
}

const keysOf = (rows: ReadonlyMap<string, string>): string => [...rows.keys()].join('\n')

const listText = ({ about, rows }: Listed, told: readonly (readonly [string, string])[]): string =>
  `{"about":${about},"order":${JSON.stringify([...rows.keys()])},"rows":[${told.map(([, text]) => text).join(',')}]}`

/** JSON has no line breaks of its own, so one line carries it. */
const eventOf = (topic: string, text: string): string => `event: ${topic}\ndata: ${text}\n\n`

/** Amounts as decimal text. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)) ?? 'null'
