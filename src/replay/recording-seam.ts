import { type Plain, toText } from '#core/plain.ts'
import type { RunTape } from '../recording/run-tape.ts'
import { refusalToPlain } from './refusal.ts'
import { asItIs, type Form, type Seam } from './seam.ts'

/**
 * Lets everything through, one delivery in each turn of the event loop, and hands what crossed to the tape: a reference
 * and a push, the text is made behind. A delivery waits for a turn only where another came just before it.
 */
export function recordingSeam({ put }: Pick<RunTape, 'put'>): Seam {
  const waiting: (() => void)[] = []
  let isTaken = false
  let ids = 0
  const told = new Map<string, number>()
  const last = new Map<string, Plain>()
  const take = (): void => {
    if (!isTaken) setImmediate(next)
    isTaken = true
  }
  const next = (): void => {
    isTaken = false
    const one = waiting.shift()
    if (one === undefined) return
    take()
    one()
  }
  const deliver = (one: () => void, isUrgent = false): void => {
    if (isTaken) waiting[isUrgent ? 'unshift' : 'push'](one)
    else {
      take()
      one()
    }
  }
  const countOf = (name: string): number => {
    const count = told.get(name) ?? 0
    told.set(name, count + 1)
    return count
  }
  return {
    ask: <T>(name: string, run: () => Promise<T>, form: Form<T> = asItIs(), isUrgent = false) => {
      const id = ids
      ids += 1
      // Whoever asks is at work: until the turn's end nothing is delivered to it.
      take()
      return new Promise<T>((done, failed) => {
        begun(run).then(
          (value) =>
            deliver(() => {
              put(() => ['answer', id, name, form.toPlain(value)])
              done(value)
            }, isUrgent),
          (error: unknown) =>
            deliver(() => {
              put(() => ['refusal', id, name, refusalToPlain(error)])
              failed(error)
            }, isUrgent),
        )
      })
    },
    tell: (name, run, form = asItIs()) => {
      const count = countOf(name)
      try {
        const value = run()
        put(() => ['told', name, count, form.toPlain(value)])
        return value
      } catch (error) {
        put(() => ['threw', name, count, refusalToPlain(error)])
        throw error
      }
    },
    watch: (name, key, run) => {
      const count = countOf(name)
      const value = run()
      const at = `${name} ${key}`
      const isSame = last.has(at) && (last.get(at) === value || toText(last.get(at)) === toText(value))
      if (!isSame) put(() => ['changed', name, count, value])
      last.set(at, value)
      return value
    },
    later: (schedule, work) => {
      const id = ids
      ids += 1
      schedule(() =>
        deliver(() => {
          put(() => ['work', id])
          work()
        }),
      )
    },
  }
}

/** What is wrong at once is an answer like any other; and bytes that are to leave now do. */
function begun<T>(run: () => Promise<T>): Promise<T> {
  try {
    return run()
  } catch (error) {
    return Promise.reject(error)
  }
}
