import { KeeperError } from './error.ts'

/** The server went, or the way to it; what was asked may have been done all the same. */
const isGone = (cause: unknown): boolean => {
  const { code = '', message = '' } = (cause ?? {}) as { readonly code?: string; readonly message?: string }
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|57|08|53300|40|55P03)/.test(code) ||
    /connection|timeout|time out/i.test(message)
  )
}

/** A database's failure, named by the setting it was given in: never by its URL, which has a password in it. */
export function postgresError(cause: unknown, setting: string): KeeperError {
  const why = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause
  const said = why instanceof Error ? why.message : String(why)
  const doing = 'see that it runs, and may be reached and written'
  return new KeeperError('store-failed', `the database of ${setting} fails (${said}): ${doing}`, {
    cause,
    retryable: isGone(why),
  })
}
