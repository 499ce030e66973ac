import { type ErrorCode, isKeeperError } from '#core/error.ts'

/** What a process answers with; `plimsoll --help` lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUse: 2,
  unreachable: 3,
  notReady: 4,
  conditionHolds: 5,
} as const

const byCode: Partial<Record<ErrorCode, number>> = {
  'bad-config': exitCodes.wrongUse,
  'bad-argument': exitCodes.wrongUse,
  'key-unusable': exitCodes.wrongUse,
  'not-found': exitCodes.wrongUse,
  'rpc-unreachable': exitCodes.unreachable,
  'rpc-refused': exitCodes.unreachable,
  'relay-unreachable': exitCodes.unreachable,
  'relay-refused': exitCodes.unreachable,
  'chain-mismatch': exitCodes.notReady,
  'executor-mismatch': exitCodes.notReady,
  'guard-open': exitCodes.notReady,
}

export const exitCodeOf = (error: unknown): number =>
  isKeeperError(error) ? (byCode[error.code] ?? exitCodes.failed) : exitCodes.failed

export const exitCodeHelp = `
Exit codes:
  0  done; a run or a demo also after Ctrl-C
  1  failed
  2  wrong use: a flag, the configuration, a key
  3  the node or a relay cannot be reached, or refuses
  4  not ready: another chain, another executor, a failed check
  5  a condition of stress --fail-if holds
  130, 143  ended by a signal before it was done`
