import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { hasMulticall } from '../chain/multicall.ts'
import { patient } from '../chain/patient.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock, viewOf } from '../chain/view.ts'
import type { Head } from '../scene/next-block.ts'

/**
 * A block, the newest where none is named, and reads at it that wait out a busy node.
 * @throws `rpc-unreachable`, `rpc-refused`; `not-found` where there is no such block.
 */
export async function headAt(
  rpc: Rpc,
  say: (text: string) => void,
  number: number | null = null,
): Promise<{ readonly head: Head; readonly view: View }> {
  const asked = number === null ? 'latest' : quantity(number)
  const raw = (await rpc.request('eth_getBlockByNumber', [asked, false])) as RawBlock | null
  if (raw === null) throw new KeeperError('not-found', `the node has no block ${number}: name one that there is`)
  const head: Head = {
    hash: raw.hash as Hex,
    block: blockOf(raw),
    gasUsed: BigInt(raw.gasUsed),
    gasLimit: BigInt(raw.gasLimit),
  }
  const unhurried = patient(rpc, (error) => say(`${error.message}: asked again\n`))
  return { head, view: viewOf(unhurried, head.hash, head.block, await hasMulticall(rpc)) }
}
