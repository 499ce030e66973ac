import { Interface } from 'ethers'
import type { Hex } from '#core/address.ts'
import type { Sandbox } from '../sandbox.ts'
import { signerOf } from '../signer.ts'
import { accounts } from '../world.ts'
import type { PricePath } from './price-path.ts'
import type { Slot } from './schedule.ts'

/** Who may stop a reserve, and lets it go on when others have looked. */
export type Guardian = {
  /** Into the mempool: what is due in the block at that place. */
  readonly act: (at: number) => Promise<void>
}
export const nobody: Guardian = { act: async () => undefined }

const configurator = new Interface(['function setReservePause(address asset, bool isPaused)'])

/** Blocks into the run of the trough after which it goes on. */
const HELD = 4

/**
 * Both Aaves stop ether before the run of blocks that leads to the trough: whoever sinks as it begins stays untouched, and
 * is taken in the very block in which it goes on.
 */
export function guardianOf(sandbox: Sandbox, slots: readonly Slot[], path: PricePath): Guardian {
  const { aave, tokens } = sandbox.addresses
  const signer = signerOf(sandbox.rpc, accounts.deployer, sandbox.chainId)
  const run = slots.findLastIndex(({ leaps, second }) => leaps && second <= path.trough)
  const setPaused = async (isPaused: boolean): Promise<void> => {
    const data = configurator.encodeFunctionData('setReservePause', [tokens.WETH.address, isPaused]) as Hex
    await signer.send(...Object.values(aave).map((one) => ({ to: one.configurator, data, gas: 300_000n })))
  }
  return {
    act: async (at) => {
      if (at === run - 1) await setPaused(true)
      if (at === run + HELD) await setPaused(false)
    },
  }
}
