import { Interface } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { SkipReason } from '#core/plan.ts'
import type { Instruction } from '#core/program.ts'
import type { View } from '#core/world.ts'
import { registryKeysOf, wordsOfKey } from '../execution/registry-keys.ts'

export type Lack = { readonly reason: SkipReason; readonly detail: string }

/**
 * What the executor's owner allows programs to use, as the keeper holds it in memory. Anybody can make a market whose
 * calls are not allowed; what needs them is held back, and everything else goes on.
 */
export interface Registry {
  /** Why the executor would refuse a program; `null` where it would not. What was never asked for is asked for beside. */
  readonly lack: (program: readonly Instruction[]) => Lack | null
  /** Reads what the configuration needs: known before anything is judged. */
  readonly begin: (view: View) => Promise<void>
  /** The executor's own words of what its owner changed. */
  readonly fold: (logs: readonly Log[]) => void
  /** After a reorg all is read again. */
  readonly doubt: () => void
  /** Reads what was asked for since. @returns whether anything is other than it was held to be. */
  readonly care: (view: View, isCurrent: () => boolean) => Promise<boolean>
}

/** Without an executor nothing is sent, and nothing is held back. */
export const noRegistry: Registry = {
  lack: () => null,
  begin: async () => undefined,
  fold: () => undefined,
  doubt: () => undefined,
  care: async () => false,
}

const abi = new Interface(executorAbi)
const entrySet = abi.getEvent('EntrySet')?.topicHash as Hex
const unread: Lack = { reason: 'being-reread', detail: 'whether the executor may do this is being read' }

/** `expected`: keys the configuration needs. */
export function createRegistry(executor: Address, expected: (view: View) => Promise<readonly Hex[]>): Registry {
  const known = new Map<Hex, boolean>()
  const asked = new Set<Hex>()

  const read = async (view: View, isCurrent: () => boolean): Promise<boolean> => {
    const keys = [...asked]
    const data = keys.map((key) => abi.encodeFunctionData('entry', [key]) as Hex)
    const answers = await view.call(data.map((one) => ({ to: executor, data: one })))
    if (!isCurrent()) return false
    let hasChanged = false
    for (const [at, key] of keys.entries()) {
      const is = BigInt(answers[at] ?? 0) !== 0n
      hasChanged ||= known.get(key) !== is
      known.set(key, is)
      asked.delete(key)
    }
    return hasChanged
  }
  return {
    lack: (program) => {
      const keys = registryKeysOf(program)
      const unasked = keys.filter((key) => !known.has(key))
      for (const key of unasked) asked.add(key)
      const missing = keys.find((key) => known.get(key) === false)
      if (missing !== undefined)
        return { reason: 'not-registered', detail: `the executor may not ${wordsOfKey(missing)}` }
      return unasked.length > 0 ? unread : null
    },
    begin: async (view) => {
      for (const key of [...known.keys(), ...(await expected(view))]) asked.add(key)
      await read(view, () => true)
    },
    fold: (logs) => {
      for (const log of logs)
        if (log.address === executor && log.topicCount === 2 && log.topic(0) === entrySet)
          known.set(log.topic(1), log.word(0) !== 0n)
    },
    doubt: () => {
      for (const key of known.keys()) asked.add(key)
    },
    care: async (view, isCurrent) => (asked.size === 0 ? false : read(view, isCurrent)),
  }
}
