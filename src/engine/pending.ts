import { Transaction } from 'ethers'
import { type Address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { SceneSource, SceneSpec } from '#core/scene.ts'
import { type Aggregator, afterUpdate } from '../scene/aggregator.ts'
import { hintIn } from '../scene/hint.ts'
import { type PendingUpdate, updateIn } from '../scene/pending-update.ts'
import { callOf } from '../scene/raw-transaction.ts'
import type { FeedKeeper } from './feeds.ts'

/** An update that is on its way; `raw` is `null` where an auction tells its hash alone. */
type Pending = {
  readonly hash: Hex
  readonly raw: Hex | null
  readonly update: PendingUpdate
  readonly sender: Address
  /** The block it was first foreseen for. */
  readonly since: number
}

/** What has not landed by then will hardly do so: mined as something else, outbid, or withdrawn. */
const blocksMax = 5
const pendingMax = 64

/**
 * Scenes of oracle updates that are in the mempool or up for auction: each alone, and all together as they came. What has
 * landed, or would no longer change its aggregator, makes none; a transaction on the same nonce takes the other's place.
 */
export function pendingUpdates(feeds: FeedKeeper): SceneSource {
  const pending = new Map<string, Pending>()
  const add = (key: string, one: Pending): boolean => {
    if (pending.get(key)?.hash === one.hash) return false
    pending.delete(key)
    pending.set(key, one)
    for (const oldest of pending.keys()) if (pending.size > pendingMax) pending.delete(oldest)
    return true
  }
  const fromMempool = (raw: Hex, next: Block): Pending | null => {
    const call = callOf(raw)
    const update = call === null ? null : updateIn(call.to, call.data)
    if (update === null || feeds.prices.aggregator(update.aggregator) === undefined) return null
    const signed = signedBy(raw)
    if (signed === null) return null
    const one = { hash: signed.hash, raw, update, sender: signed.sender, since: next.number }
    return add(`${signed.sender}/${signed.nonce}`, one) ? one : null
  }
  return {
    onHead: (next) => {
      for (const [key, { since }] of pending) if (next.number - since >= blocksMax) pending.delete(key)
      const all = [...pending.values()]
      return [...all.flatMap((one) => scene(feeds, [one], next)), ...together(feeds, all, next)]
    },
    onInput: (input, next) => {
      if (input.kind === 'pending') {
        const one = fromMempool(input.raw, next)
        return one === null ? [] : [...scene(feeds, [one], next), ...together(feeds, [...pending.values()], next)]
      }
      const hint = input.kind === 'hint' ? hintIn(input.body) : null
      if (hint === null || feeds.prices.aggregator(hint.update.aggregator) === undefined) return []
      const one = { ...hint, raw: null, sender: ZERO_ADDRESS, since: next.number }
      return add(hint.hash, one) ? scene(feeds, [one], next) : []
    },
  }
}

/** Those of the mempool; nothing where that is one or none. */
function together(feeds: FeedKeeper, all: readonly Pending[], next: Block): readonly SceneSpec[] {
  const shown = all.filter(({ raw }) => raw !== null)
  return shown.length < 2 ? [] : scene(feeds, shown, next, 2)
}

/** What the next block would be behind them; nothing where too few of them would change what a feed reads. */
function scene(feeds: FeedKeeper, those: readonly Pending[], next: Block, atLeast = 1): readonly SceneSpec[] {
  const over = new Map<Address, Aggregator>()
  const landing: Pending[] = []
  for (const one of those) {
    const { aggregator } = one.update
    const state = over.get(aggregator) ?? feeds.prices.aggregator(aggregator)
    const after = state === undefined ? null : afterUpdate(state, one.update, one.sender, next.timestamp)
    if (after === null) continue
    over.set(aggregator, after)
    landing.push(one)
  }
  const patches = landing.length < atLeast ? [] : feeds.whatIf(over, next)
  if (patches.length === 0) return []
  const hint = landing.find(({ raw }) => raw === null)
  return [
    {
      trigger: 'update-pending',
      block: next,
      cause: landing.map(({ hash }) => hash).join('+'),
      patches,
      before: landing.flatMap(({ raw }) => raw ?? []),
      ...(hint === undefined ? {} : { behind: hint.hash }),
    },
  ]
}

/** Only for what an aggregator may be told by: recovering a signer takes longer than all else here. */
function signedBy(raw: Hex): { readonly sender: Address; readonly nonce: number; readonly hash: Hex } | null {
  try {
    const { from, nonce, hash } = Transaction.from(raw)
    return from === null || hash === null ? null : { sender: from.toLowerCase() as Address, nonce, hash: hash as Hex }
  } catch {
    return null
  }
}
