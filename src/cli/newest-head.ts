import type { Hex } from '#core/address.ts'
import type { View } from '#core/world.ts'
import { hasMulticall } from '../chain/multicall.ts'
import { patient } from '../chain/patient.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, type RawBlock, viewOf } from '../chain/view.ts'
import type { Head } from '../scene/next-block.ts'

/** The chain's newest block, and reads at it that wait out a busy node. @throws `rpc-unreachable`, `rpc-refused`. */
export async function newestHead(
  rpc: Rpc,
  say: (text: string) => void,
): Promise<{ readonly head: Head; readonly view: View }> {
  const raw = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  const head: Head = {
    hash: raw.hash as Hex,
    block: blockOf(raw),
    gasUsed: BigInt(raw.gasUsed),
    gasLimit: BigInt(raw.gasLimit),
  }
  const unhurried = patient(rpc, (error) => say(`${error.message}: asked again\n`))
  return { head, view: viewOf(unhurried, head.hash, head.block, await hasMulticall(rpc)) }
}
