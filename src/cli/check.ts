import type { UnservedRow } from './unserved-rows.ts'

/** One thing looked at before money moves. */
export type Check = {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'failure'
  /** What was found. */
  readonly found: string
  /** What to do about it; empty where nothing need be. */
  readonly todo: string
  /** What is not served has a table of its own. */
  readonly unserved?: UnservedRow
}

export const ok = (name: string, found: string): Check => ({ name, state: 'ok', found, todo: '' })
export const warning = (name: string, found: string, todo: string): Check => ({ name, state: 'warning', found, todo })
export const failure = (name: string, found: string, todo: string): Check => ({ name, state: 'failure', found, todo })
