import { type ErrorCode, isKeeperError, KeeperError } from '#core/error.ts'
import type { Plain, Rec } from '#core/plain.ts'
import { RefusedError } from '../chain/rpc.ts'

/** An error as it crosses: what the keeper tells errors apart by. */
export function refusalToPlain(error: unknown): Plain {
  if (!isKeeperError(error)) return { message: error instanceof Error ? error.message : String(error) }
  const { code, message, retryable } = error
  if (!(error instanceof RefusedError)) return { code, message, retryable }
  const { rpcCode, data } = error
  return { code, message, retryable, refused: { code: rpcCode ?? null, data: (data ?? null) as Plain } }
}

export function refusalFromPlain(plain: Plain): Error {
  const { code, message, retryable, refused } = plain as Rec
  const words = String(message)
  // Not of our making then, and thrown on by whoever met it; here too.
  if (code === undefined) return Object.assign(new Error(words), { name: 'Error' })
  if (refused === undefined) return new KeeperError(code as ErrorCode, words, { retryable: retryable === true })
  const { code: rpcCode, data } = refused as Rec
  const [method = '', ...rest] = words.split(': ')
  const error = {
    message: rest.join(': '),
    ...(rpcCode === null ? {} : { code: Number(rpcCode) }),
    data: data ?? undefined,
  }
  return new RefusedError(method, error, retryable === true)
}
