import { KeeperError } from '#core/error.ts'
import { type Plain, toText } from '#core/plain.ts'
import type { RunEvent } from '../recording/run-tape.ts'
import { refusalFromPlain } from './refusal.ts'
import { asItIs, type Seam } from './seam.ts'
import type { Turns } from './turns.ts'

type Asked = {
  readonly name: string
  readonly answer: (value: Plain) => void
  readonly refuse: (error: Error) => void
}
export type Replaying = {
  readonly seam: Seam
  /**
   * Delivers all that was recorded, each in its turn.
   * @throws `bad-record`: the keeper asks what the recorded one did not, so it is not the same program.
   */
  readonly play: () => Promise<void>
  /** Deliveries so far. */
  readonly delivered: () => number
}

/** Gives again what a recording seam wrote down, in its order. */
export function replayingSeam(turns: Turns): Replaying {
  const asked = new Map<number, Asked | (() => void)>()
  const last = new Map<string, Plain>()
  let ids = 0
  let count = 0
  let fault: Error | null = null

  const strayed = (why: string): Error => {
    if (turns.isCut()) return new KeeperError('not-recorded', `the recording is cut off behind delivery ${count}`)
    const what = `the replay strays from the recording behind delivery ${count}: ${why}`
    fault ??= new KeeperError('bad-record', `${what}: replay with the version that recorded it`)
    return fault
  }
  const deliver = ([kind, id, name, value = null]: RunEvent): void => {
    const one = asked.get(Number(id))
    asked.delete(Number(id))
    if (kind === 'work' && typeof one === 'function') one()
    else if (one === undefined || typeof one === 'function' || one.name !== name)
      strayed(`${kind} ${toText(name ?? null)} was not waited for`)
    else if (kind === 'answer') one.answer(value)
    else one.refuse(refusalFromPlain(value))
  }
  return {
    delivered: () => count,
    seam: {
      ask: (name, _run, form = asItIs()) =>
        new Promise((done, refuse) => {
          asked.set(ids++, { name, answer: (value) => done(form.fromPlain(value)), refuse })
        }),
      later: (_schedule, work) => {
        asked.set(ids++, work)
      },
      tell: (name, _run, form = asItIs()) => {
        const [kind, , , value = null] = turns.told(name) ?? []
        if (kind === 'threw') throw refusalFromPlain(value)
        if (kind !== 'told') throw strayed(`${name} was not asked for here`)
        return form.fromPlain(value)
      },
      watch: <T extends Plain>(name: string, key: string) => {
        const at = `${name} ${key}`
        const [kind, , , value = null] = turns.told(name) ?? []
        if (kind === 'changed') last.set(at, value)
        if (!last.has(at)) throw strayed(`${at} was not asked for here`)
        return last.get(at) as T
      },
    },
    play: async () => {
      await turn()
      for (let next = turns.next(); next !== null && fault === null; next = turns.next()) {
        count += 1
        deliver(next)
        await turn()
      }
      if (fault !== null) throw fault
    },
  }
}

/** All that the keeper does at once with what it was given has been done. */
const turn = (): Promise<void> => new Promise((done) => setImmediate(done))
