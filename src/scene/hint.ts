import type { Address, Hex } from '#core/address.ts'
import type { Plain, Rec } from '#core/plain.ts'
import { type PendingUpdate, updateIn } from './pending-update.ts'

/** What an order-flow auction lets be known of a transaction: by its hash alone can a bundle name it. */
export type Hint = { readonly hash: Hex; readonly update: PendingUpdate }

/**
 * The oracle update that a hint of MEV-Share's shape announces, matched on what is called inside its forwarder; `null`
 * where it announces none. Hints often leave the calldata out: then nothing is known.
 */
export function hintIn(body: Rec): Hint | null {
  const { hash } = body
  if (!isHex(hash) || hash.length !== 66) return null
  const calls = Array.isArray(body.txs) ? (body.txs as readonly Plain[]) : [body]
  for (const call of calls) {
    if (call === null || typeof call !== 'object' || Array.isArray(call)) continue
    const { to, callData } = call as Rec
    if (!isHex(to) || to.length !== 42 || !isHex(callData)) continue
    const update = updateIn(to.toLowerCase() as Address, callData.toLowerCase() as Hex)
    if (update !== null) return { hash, update }
  }
  return null
}

const isHex = (value: Plain | undefined): value is Hex =>
  typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value)
