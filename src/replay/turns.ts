import type { Plain } from '#core/plain.ts'
import type { RunEvent, RunRecording } from '../recording/run-tape.ts'

/** A recording read turn by turn: a delivery, and what was told at once while the keeper dealt with it. */
export interface Turns {
  /** Reads on. @returns the delivery that ends the turn read before; `null`: that was the last. */
  readonly next: () => RunEvent | null
  /** What was told at this call of that name, if anything was. */
  readonly told: (name: string) => RunEvent | undefined
  /** Verdicts read so far. */
  readonly verdicts: readonly Plain[]
  /** Whether the recorded run came to its end; known at the last turn. */
  readonly isClean: () => boolean
  /** Whether this is the last turn of a recording that was cut off: some of it may be missing. */
  readonly isCut: () => boolean
}

const deliveries: ReadonlySet<string> = new Set(['answer', 'refusal', 'work'])

export function turnsOf({ events }: Pick<RunRecording, 'events'>): Turns {
  const told = new Map<string, RunEvent>()
  const calls = new Map<string, number>()
  const verdicts: Plain[] = []
  let isClean = false
  let delivery: RunEvent | null = null
  const readTurn = (): void => {
    for (;;) {
      const next = events.next()
      delivery = null
      if (next.done === true) {
        isClean = next.value
        return
      }
      const [kind, name, at] = next.value
      delivery = next.value
      if (deliveries.has(kind)) return
      if (kind === 'verdict') verdicts.push(name ?? null)
      else told.set(`${name} ${at}`, next.value)
    }
  }
  readTurn()
  return {
    next: () => {
      const one = delivery
      if (one !== null) readTurn()
      return one
    },
    told: (name) => {
      const at = calls.get(name) ?? 0
      calls.set(name, at + 1)
      const key = `${name} ${at}`
      const found = told.get(key)
      told.delete(key)
      return found
    },
    verdicts,
    isClean: () => isClean,
    isCut: () => delivery === null && !isClean,
  }
}
