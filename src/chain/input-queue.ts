import type { Input } from '#core/world.ts'

type Unnumbered<T> = T extends unknown ? Omit<T, 'order' | 'atMs' | 'atNs'> : never
export type NewInput = Unnumbered<Input>

/** Everything that happens to the keeper, brought into one order. */
export interface InputQueue {
  /** `done`: told when whoever takes inputs has done with this one. */
  readonly push: (input: NewInput, done?: () => void) => void
  /** Forgets inputs of a kind that were not taken yet. */
  readonly drop: (kind: Input['kind']) => void
  /** Inputs not taken yet. */
  readonly waiting: () => number
  /** Ends the stream after what was pushed before. */
  readonly close: () => void
  /** Ends the stream with an error. */
  readonly fail: (error: unknown) => void
  readonly inputs: AsyncIterable<Input>
}

export function createInputQueue(nowMs: () => number, nowNs: () => bigint): InputQueue {
  const waiting: { readonly input: Input; readonly done: (() => void) | undefined }[] = []
  let order = 0
  const end: { reached: boolean; error: unknown } = { reached: false, error: undefined }
  let wake: (() => void) | null = null
  const rouse = (): void => {
    wake?.()
    wake = null
  }
  return {
    push: (input, done) => {
      if (end.reached) return
      waiting.push({ input: { ...input, order, atMs: nowMs(), atNs: nowNs() } as Input, done })
      order += 1
      rouse()
    },
    drop: (kind) => {
      const kept = waiting.filter(({ input }) => input.kind !== kind)
      waiting.splice(0, waiting.length, ...kept)
    },
    waiting: () => waiting.length,
    close: () => {
      end.reached = true
      rouse()
    },
    fail: (error) => {
      if (!end.reached) end.error = error
      end.reached = true
      rouse()
    },
    inputs: (async function* () {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) {
          yield next.input
          next.done?.()
        } else if (end.reached) {
          if (end.error !== undefined) throw end.error
          return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    })(),
  }
}
