import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Board } from './board.ts'

/** What an operator may have it do. Each throws a `KeeperError` that says why not. */
export type Actions = {
  /** Nothing is sent from now on. */
  readonly openGuard: (reason: string) => Promise<void>
  readonly closeGuard: (name: string, reason: string) => Promise<void>
  /** Reads the configuration again, and says what has changed; absent where the keeper cannot. */
  readonly reload?: (reason: string) => Promise<readonly string[]>
}

/** What is worked out when somebody asks, out of memory and beside the path. Answers are JSON. */
export type Questions = {
  /** The whole sum of a verdict that was told of; `null` where it is not known any more. */
  readonly verdict: (key: string) => unknown
  /** A position with what brings it to its line, exactly; `null` where there is none. */
  readonly position: (id: string) => Promise<unknown>
  /** Those beyond the first, nearest to the line: so many from there on, whose id or owner holds the text. */
  readonly near: (from: number, count: number, text: string) => unknown
  /** If a price moved so: `share` of 1. */
  readonly whatIf: (name: string, share: number) => Promise<unknown>
}

/** A window on a keeper, for people: what it sees and does, as it happens. */
export interface Console {
  readonly board: Board
  /** Answers what is asked under /console. @returns false where it is not for the console. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Whether anybody is looking: where not, nothing need be worked out. */
  readonly isWatched: () => boolean
  /** Tells whoever is looking what has changed. */
  readonly flush: () => void
  /** There is a keeper now: before, nothing is answered but the page and what is on the board. */
  readonly attach: (keeper: { readonly actions: Actions; readonly questions: Questions }) => void
  readonly close: () => void
}
