import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { createBooks } from '../book/books.ts'
import { hasMulticall } from '../chain/multicall.ts'
import { patient } from '../chain/patient.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock, viewOf } from '../chain/view.ts'
import type { Config } from '../config/config.ts'
import { Mirror } from '../engine/mirror.ts'
import type { Head } from '../scene/next-block.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'

/**
 * The chain as a keeper would hold it at a block, the newest where none is named, once.
 * @throws `rpc-unreachable`, `rpc-refused`; `not-found` where there is no such block.
 */
export async function loadMirror(
  rpc: Rpc,
  config: Config,
  say: (text: string) => void,
  number: number | null = null,
): Promise<{ readonly mirror: Mirror; readonly head: Head; readonly view: View }> {
  const asked = number === null ? 'latest' : quantity(number)
  const raw = (await rpc.request('eth_getBlockByNumber', [asked, false])) as RawBlock | null
  if (raw === null) throw new KeeperError('not-found', `the node has no block ${number}: name one that there is`)
  const head: Head = {
    hash: raw.hash as Hex,
    block: blockOf(raw),
    gasUsed: BigInt(raw.gasUsed),
    gasLimit: BigInt(raw.gasLimit),
  }
  const tokens = [config.chain.wrappedNative, ...config.hubs]
  const dataFees = await dataFeeSourceOf(rpc)
  const { finalityBlocks, blockSeconds } = config.chain
  const mirror = new Mirror(createBooks(finalityBlocks), modulesOf(config), tokens, blockSeconds, dataFees)
  const unhurried = patient(rpc, (error) => say(`${error.message}: asked again\n`))
  const view = viewOf(unhurried, head.hash, head.block, await hasMulticall(rpc))
  await mirror.load(view, (what, count) => say(`reading ${what}: ${count} so far\n`))
  return { mirror, head, view }
}
