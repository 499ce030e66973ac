/**
 * The one error of the project. `code` is a bounded label (it is counted); the message says what happened and then
 * what to do; `retryable` says whether the same call may succeed later without anybody doing anything.
 */
export type ErrorCode =
  | 'bad-number'
  | 'bad-config'
  | 'bad-answer'
  | 'bad-argument'
  | 'bad-record'
  | 'chain-mismatch'
  | 'compile-failed'
  | 'executor-mismatch'
  | 'guard-open'
  | 'key-unusable'
  | 'lease-lost'
  | 'not-found'
  | 'not-recorded'
  | 'reverted'
  | 'rpc-refused'
  | 'rpc-unreachable'
  | 'relay-refused'
  | 'relay-unreachable'
  | 'store-failed'
  | 'unsupported'
  | 'worker-lost'

export class KeeperError extends Error {
  override readonly name = 'KeeperError'
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

/** Narrows, so that callers can act on a code without comparing messages. */
export function isKeeperError(error: unknown, code?: ErrorCode): error is KeeperError {
  return error instanceof KeeperError && (code === undefined || error.code === code)
}
