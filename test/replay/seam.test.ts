import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { fromText, type Plain, toText } from '#core/plain.ts'
import { seeded } from '../../sandbox/seeded.ts'
import type { RunEvent } from '../../src/recording/run-tape.ts'
import { recordingSeam } from '../../src/replay/recording-seam.ts'
import { replayingSeam } from '../../src/replay/replaying-seam.ts'
import type { Seam } from '../../src/replay/seam.ts'
import { turnsOf } from '../../src/replay/turns.ts'

/** Several hands at work on one page at once: what stands on it depends on who came when. */
async function program(seam: Seam, page: string[], outside: (name: string) => Promise<Plain>): Promise<void> {
  const hand = async (name: string): Promise<void> => {
    for (let round = 0; round < 12; round += 1) {
      const answer = await seam.ask(name, () => outside(name)).catch((error: Error) => error.message)
      // As deep as it is called: a hand that came later overtakes one that takes more steps.
      for (let step = 0; step < name.length; step += 1) await null
      page.push(`${name} ${answer} ${seam.tell('clock', () => performance.now())} after ${page.length}`)
      if (page.length % 3 === 0) page.push(seam.watch('mood', name, () => Math.floor(performance.now() / 3)).toString())
      if (page.length % 4 === 0) seam.later(setImmediate, () => page.push(`later, at ${page.length}`))
    }
  }
  await Promise.all(['a', 'bbb', 'cccccc', 'dd'].map(hand))
}

function outsideOf(seed: number): (name: string) => Promise<Plain> {
  const random = seeded(seed)
  return async (name) => {
    const chance = random()
    if (chance < 0.1) throw new KeeperError('rpc-refused', `${name}: busy`)
    if (chance < 0.4) await null
    else if (chance < 0.7) await new Promise(setImmediate)
    else await sleep(Math.floor(random() * 3))
    return { of: name, value: BigInt(Math.floor(random() * 1e9)) }
  }
}

async function recorded(seed: number): Promise<{ readonly page: readonly string[]; readonly events: RunEvent[] }> {
  const events: (() => RunEvent)[] = []
  const page: string[] = []
  await program(recordingSeam({ put: (make) => events.push(make) }), page, outsideOf(seed))
  // Works that were put off still come, and stand on the page.
  await sleep(20)
  return { page, events: events.map((make) => fromText(toText(make())) as unknown as RunEvent) }
}

function* listOf(events: readonly RunEvent[], isClean: boolean): Generator<RunEvent, boolean> {
  yield* events
  return isClean
}

async function replayed(events: readonly RunEvent[], isClean = true): Promise<readonly string[]> {
  const page: string[] = []
  const replaying = replayingSeam(turnsOf({ events: listOf(events, isClean) }))
  const running = program(replaying.seam, page, () => Promise.reject(new Error('nobody is there'))).catch(() => null)
  await replaying.play()
  if (isClean) await running
  return page
}

describe('what crossed a seam', () => {
  it.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'replays as it was, whoever overtook whom (seed %i)',
    async (seed) => {
      const { page, events } = await recorded(seed)
      expect(page.length).toBeGreaterThan(48)
      expect(await replayed(events)).toEqual(page)
    },
  )

  it('replays as far as it goes, where it was cut off', async () => {
    const { page, events } = await recorded(2)
    for (const length of [1, 40, 41, 42, 43, 90, events.length - 1]) {
      const part = await replayed(events.slice(0, length), false)
      expect(part).toEqual(page.slice(0, part.length))
    }
  })

  it('is refused where it is not what the program asks', async () => {
    const { events } = await recorded(1)
    const at = events.findIndex(([kind]) => kind === 'answer')
    const [kind, id, , ...rest] = events[at] as RunEvent
    const named = events.with(at, [kind, id ?? null, 'somebody else', ...rest])
    await expect(replayed(named)).rejects.toMatchObject({ code: 'bad-record' })
    await expect(replayed(events.filter(([one]) => one !== 'told'))).rejects.toThrow(/strays from the recording/)
  })
})
