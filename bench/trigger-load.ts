import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Arm, Bench } from './bench.ts'
import type { Shot } from './load-child.ts'

const loadReason =
  'ours is 20 to 60 ms whatever the number of positions: a collection of the rest of the heap (8 to 19 ms) and a head’s work; the other arm’s longest pause ranges from 240 to 580 ms, so the ratio did from 4.8 to 12 in two runs'

/** The path with many positions and logs streaming in: its slowest shots, and the longest that anything stood still. */
export const bench: Bench = {
  name: 'trigger-load',
  open: async () => {
    const [hundred, million, objects] = [
      child('packed', 100_000),
      child('packed', 1_000_000),
      child('objects', 1_000_000),
    ]
    for (const one of [hundred, million, objects]) await once(one, 'message')
    const metric = (name: string, positions: string, process: ChildProcess) => {
      const last: Shot[] = []
      const shot = async (): Promise<Shot> => {
        const one = await shootAt(process)
        last.splice(0, 1, one)
        return one
      }
      return {
        name,
        what: `head and oracle log pushed → transaction arrives, p99 of 100 shots, ${positions} positions, 200 logs a block beside`,
        unit: 's',
        ours: { name: 'p99', run: async () => ({ value: (await shot()).p99 }) },
        references: [
          {
            arm: { name: 'p50', run: async () => ({ value: (last[0] ?? (await shot())).p50 }) },
            what: 'its own median, of the same shots',
            target: { kind: 'at-most', ratio: 10 } as const,
          },
        ],
        repeats: 3,
        warmups: 0,
      }
    }
    const pauses = (name: string, process: ChildProcess): Arm => ({
      name,
      run: async () => ({ value: (await shootAt(process)).pause }),
    })
    return {
      metrics: [
        metric('trigger-p99-100000', '100,000', hundred),
        metric('trigger-p99-1000000', '1,000,000', million),
        {
          name: 'longest-pause-1000000',
          what: 'longest time the event loop stood still during 100 shots, 1,000,000 positions held, log traffic beside',
          unit: 's',
          ours: pauses('packed', million),
          references: [
            {
              arm: pauses('objects', objects),
              what: 'the same keeper with the positions held as plain records in a Map',
              target: { kind: 'at-least', ratio: 10 },
              reason: loadReason,
            },
          ],
          repeats: 3,
          warmups: 0,
        },
      ],
      counts: [],
      close: async () => {
        for (const one of [hundred, million, objects]) one.disconnect()
      },
    }
  },
}

const child = (form: string, count: number): ChildProcess =>
  fork(fileURLToPath(new URL('load-child.ts', import.meta.url)), [form, String(count)], {
    execArgv: ['--max-semi-space-size=64'],
  })

async function shootAt(process: ChildProcess): Promise<Shot> {
  process.send('shoot')
  const [answer] = (await once(process, 'message')) as [Shot]
  return answer
}
