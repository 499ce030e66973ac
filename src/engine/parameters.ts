import { keccak256 } from 'ethers'
import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { OwnedPatch } from '#core/book.ts'
import { isKeeperError, type KeeperError } from '#core/error.ts'
import type { PayloadSource, QueuedPayload } from '#core/payload.ts'
import type { SceneSource, SceneSpec } from '#core/scene.ts'
import type { View } from '#core/world.ts'
import { callOf } from '../scene/raw-transaction.ts'
import type { Mirror } from './mirror.ts'
import { parametersAfter, type RunBehind } from './parameters-after.ts'
import { type Announced, blockAt } from './upcoming.ts'

/** A payload run at a block, and what it would leave. */
type Known = { readonly payload: QueuedPayload; readonly at: Hex; readonly patches: readonly OwnedPatch[] }
type Execution = { readonly payload: Hex; readonly raw: Hex; readonly since: number }

/** An execution that has not landed by then will hardly do so. */
const blocksMax = 5
const pendingMax = 16

export type ParametersParts = {
  readonly mirror: Mirror
  readonly sources: readonly PayloadSource[]
  readonly run: RunBehind
}

/**
 * Scenes of parameter changes that are known ahead. What a payload leaves is simulated anew for every head, beside the
 * path; once its execution is seen in the mempool, the scene behind it is judged at once and the bundle is
 * [execution, ours]. Without one there is no scene: nobody can act on a change that has not been made, and once it is
 * made by a transaction that nobody saw, the next block's own scene finds it.
 */
export function createParameters(parts: ParametersParts, onFault: (error: KeeperError) => void): SceneSource {
  const { mirror } = parts
  let known: readonly Known[] = []
  let pending: readonly Execution[] = []

  const scenes = (executions: readonly Execution[], next: Block): readonly SceneSpec[] =>
    executions.flatMap(({ payload: id, raw }) => {
      const found = known.find(({ payload }) => payload.id === id)
      // What was simulated on another block may be wrong by now: it comes again when it has been run on this one.
      if (found?.at !== next.parentHash || found.payload.executableAt > next.timestamp) return []
      return [
        { trigger: 'parameter-queued', block: next, cause: keccak256(raw), patches: found.patches, before: [raw] },
      ]
    })

  /** What cannot be run ahead is known when it has landed: nothing else of the round may wait for it. */
  const told = (error: unknown): null => {
    if (!isKeeperError(error)) throw error
    onFault(error)
    return null
  }

  return {
    onHead: (next) => {
      pending = pending.filter(({ since }) => next.number - since < blocksMax)
      return scenes(pending, next)
    },
    onInput: (input, next) => {
      if (input.kind !== 'pending' || known.length === 0 || pending.some(({ raw }) => raw === input.raw)) return []
      const call = callOf(input.raw)
      const found = call === null ? undefined : known.find(({ payload }) => payload.isExecution(call))
      if (found === undefined) return []
      const execution = { payload: found.payload.id, raw: input.raw, since: next.number }
      pending = [...pending, execution].slice(-pendingMax)
      return scenes([execution], next)
    },
    care: async (view, isCurrent) => {
      if (parts.sources.length === 0) return false
      const tip = mirror.books.tip()
      const read = tip === null ? null : await knownAt(parts, view, tip).catch(told)
      if (read === null || !isCurrent()) return false
      known = read
      pending = pending.filter(({ payload: id }) => known.some(({ payload }) => payload.id === id))
      return pending.length > 0
    },
  }
}

async function knownAt({ mirror, sources, run }: ParametersParts, view: View, hash: Hex): Promise<readonly Known[]> {
  const known: Known[] = []
  for (const source of sources) {
    for (const payload of await source.queued(view)) {
      const second = Math.max(payload.executableAt, view.block.timestamp + 1)
      const patches = await parametersAfter(mirror, await run(view, hash, payload, second))
      if (patches !== null && patches.length > 0) known.push({ payload, at: hash, patches })
    }
  }
  return known
}

/** For the calendar: each payload at the first block in which it can be executed. */
export async function queuedChanges(
  parts: ParametersParts,
  view: View,
  next: Block,
  blockSeconds: number,
): Promise<readonly Announced[]> {
  const known = await knownAt(parts, view, next.parentHash)
  return known.map(({ payload: { id, executableAt }, patches }) => ({
    at: executableAt,
    spec: {
      ...{ trigger: 'parameter-queued', cause: id, patches, before: [] },
      block: blockAt(next, executableAt, blockSeconds),
    },
    feed: null,
  }))
}
