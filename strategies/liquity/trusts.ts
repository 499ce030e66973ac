import { Interface } from 'ethers'
import { liquityManager } from '#abis/liquity.ts'
import { addressOfWord, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { LiquityConfig } from './config.ts'
import { batchSelector } from './encode.ts'

/** The manager's batch, and the active pool, which pays in native currency. @throws `bad-answer` where nothing answers. */
export async function trusts(view: View, { troveManager, debtToken }: LiquityConfig): Promise<readonly Trust[]> {
  const data = new Interface(liquityManager(debtToken)).encodeFunctionData('activePool') as Hex
  const [answer] = await view.call([{ to: troveManager, data }])
  if (answer === null || answer === undefined || answer.length !== 66)
    throw new KeeperError('bad-answer', `no active pool is named by ${troveManager}: check the manager's address`)
  return [
    { kind: 'target', to: troveManager, selector: batchSelector, recipientArgument: null, watched: null },
    { kind: 'peer', who: addressOfWord(answer) },
  ]
}
