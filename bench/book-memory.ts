import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Arm, Bench } from './bench.ts'

const accounts = 1_000_000

type Held = { readonly child: ChildProcess; readonly bytes: number }

async function hold(form: 'packed' | 'objects'): Promise<Held> {
  const child = fork(fileURLToPath(new URL('./book/hold.ts', import.meta.url)), [form, String(accounts)], {
    execArgv: ['--expose-gc', '--max-old-space-size=8000'],
  })
  const [told] = (await once(child, 'message')) as [{ bytes: number }]
  return { child, bytes: told.bytes }
}

async function collect({ child }: Held): Promise<number> {
  child.send('collect')
  const [told] = (await once(child, 'message')) as [{ ms: number }]
  return told.ms
}

/** What a million positions take, and how long the collector stops for them: each form in a process of its own. */
export const bench: Bench = {
  name: 'book-memory',
  open: async () => {
    // One after the other: they would slow each other down.
    const packed = await hold('packed')
    const objects = await hold('objects')
    const bytes = (name: string, held: Held): Arm => ({ name, run: () => ({ value: held.bytes }) })
    const collection = (name: string, held: Held): Arm => ({ name, run: async () => ({ value: await collect(held) }) })
    const what = 'Map of plain objects with BigInt, as the book was, without an index'
    return {
      metrics: [
        {
          name: 'book-bytes-per-position',
          what: 'bytes per position of a book of 1,000,000 Aave accounts of 2.5 assets, index included',
          unit: 'bytes',
          ours: bytes('packed rows, table of ids, lines, margin index', packed),
          references: [
            { arm: bytes('objects', objects), what, target: { kind: 'at-least', ratio: 10 }, isRequired: true },
          ],
          repeats: 1,
        },
        {
          name: 'book-full-collection',
          what: 'a full collection with 1,000,000 positions held',
          unit: 'ms',
          ours: collection('packed', packed),
          references: [
            {
              arm: collection('objects', objects),
              what,
              target: { kind: 'at-least', ratio: 100 },
              reason: 'a collection of an empty process takes some milliseconds too, and more beside other work',
            },
          ],
          repeats: 9,
          warmups: 2,
        },
      ],
      counts: [],
      close: async () => {
        packed.child.kill()
        objects.child.kill()
      },
    }
  },
}
