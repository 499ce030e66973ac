import type { Env } from '../config/load-env.ts'
import type { Ask } from './ask.ts'

/** All of the surroundings a verb may touch; tests give their own. */
export type Context = {
  /** Answers: what another program may read. */
  readonly out: (text: string) => void
  /** Everything said beside an answer: progress, warnings, logs. */
  readonly say: (text: string) => void
  readonly env: Env
  readonly isTerminal: boolean
  /** Asks a person for a secret; absent where nobody is there. */
  readonly prompt?: (question: string) => Promise<string>
  /** Asks a person anything else; absent where nobody is there. */
  readonly ask?: Ask
  /** Aborts on the first Ctrl-C or SIGTERM; the reason is the signal's name. */
  readonly stop: AbortSignal
  /** Told of each SIGHUP, once somebody wants to be; before that one ends the process. */
  readonly onReloadSignal?: (handler: () => void) => void
  /** Told of each SIGUSR2. */
  readonly onKillSignal: (handler: () => void) => void
}
