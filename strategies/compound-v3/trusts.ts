import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import type { Hex } from '#core/address.ts'
import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { CometConfig } from './config.ts'

const main = new Interface(compoundV3)
const selector = (name: string): Hex => main.getFunction(name)?.selector as Hex

/** `absorb` names who gets its points, `buyCollateral` who gets the collateral: both must be the executor. */
export const trusts = async (_view: View, { comet }: CometConfig): Promise<readonly Trust[]> => [
  { kind: 'target', to: comet, selector: selector('absorb'), recipientArgument: 0, watched: null },
  { kind: 'target', to: comet, selector: selector('buyCollateral'), recipientArgument: 3, watched: null },
]
