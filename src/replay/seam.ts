import type { Plain } from '#core/plain.ts'

/** How a value crosses where it is not plain itself. */
export type Form<T> = { readonly toPlain: (value: T) => Plain; readonly fromPlain: (plain: Plain) => T }

/**
 * Between a keeper and everything that is not its own doing. What crosses comes in one order: an answer, an input, a
 * work put off is delivered, the keeper does all it has to do with it, and then the next one is. So what a keeper does
 * depends on nothing but what crossed and in which order. A recording seam writes that down; a replaying one gives it
 * again, and `ask`'s `run` and the like are never called.
 */
export interface Seam {
  /** Something that takes its time: a read, a send, the next input. `isUrgent`: before others that wait. */
  readonly ask: <T>(name: string, run: () => Promise<T>, form?: Form<T>, isUrgent?: boolean) => Promise<T>
  /** Something answered at once, each time anew: a clock, chance, a signature. */
  readonly tell: <T>(name: string, run: () => T, form?: Form<T>) => T
  /** The same, where the answer is mostly the one given last. `key`: of which there is one answer each. */
  readonly watch: <T extends Plain>(name: string, key: string, run: () => T) => T
  /** Done behind what the keeper does now. */
  readonly later: (schedule: (work: () => void) => void, work: () => void) => void
}

/** It crosses as it is. */
export const asItIs = <T>(): Form<T> => ({ toPlain: (value) => value as Plain, fromPlain: (plain) => plain as T })
/** What there is nothing to tell of. */
export const nothing: Form<void> = { toPlain: () => null, fromPlain: () => undefined }
