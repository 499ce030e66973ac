import { Interface } from 'ethers'
import { aaveV2Provider } from '#abis/aave-v2.ts'
import { addressOfWord, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { AaveConfig } from './config.ts'

/** `liquidationCall(address,address,address,uint256,bool)`: it pays out to its caller, so no argument names one. */
const liquidationCall: Hex = '0x00a718a9'

/** The pool the provider names now. @throws `bad-answer` where nothing answers at the provider's address. */
export async function trusts(view: View, { addressesProvider }: AaveConfig): Promise<readonly Trust[]> {
  const data = new Interface(aaveV2Provider).encodeFunctionData('getLendingPool') as Hex
  const [answer] = await view.call([{ to: addressesProvider, data }])
  if (answer === null || answer === undefined || answer.length !== 66)
    throw new KeeperError('bad-answer', `no pool is named by ${addressesProvider}: check the provider's address`)
  return [
    { kind: 'target', to: addressOfWord(answer), selector: liquidationCall, recipientArgument: null, watched: null },
  ]
}
