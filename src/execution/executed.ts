import { Interface, id } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { type Wei, wei } from '#core/numbers.ts'

const executed = id('Executed(bytes32,uint256,uint256,uint256)')
const tryFailed = id('TryFailed(bytes32,bytes)')
const errors = new Interface(executorAbi)

/** All in wei of wrapped native; `gained` is before gas and tip, `gasCost` as the executor measured it. */
export type ExecutedEvent = {
  /** `orderHash` of what was executed. */
  readonly order: Hex
  readonly gained: Wei
  readonly gasCost: Wei
  readonly tip: Wei
}

/** The executor's own word that an execution succeeded, or `null` where the log is another. */
export function executedEvent(log: Log, executor: Address): ExecutedEvent | null {
  if (log.address !== executor || log.topicCount !== 2 || log.topic(0) !== executed) return null
  return { order: log.topic(1), gained: wei(log.word(0)), gasCost: wei(log.word(1)), tip: wei(log.word(2)) }
}

/** Which `try` was rolled back, by the hash of its program; `null` where the log is another. */
export const failedTry = (log: Log, executor: Address): Hex | null =>
  log.address === executor && log.topicCount === 2 && log.topic(0) === tryFailed ? log.topic(1) : null

/** The executor's error in words, `BelowMinimum(-12, 0)`; `null` where the bytes are another contract's. */
export function executorError(data: Hex): string | null {
  const found = data.length < 10 ? null : errors.parseError(data)
  return found === null ? null : `${found.name}(${found.args.map(String).join(', ')})`
}
