import type { View } from '#core/world.ts'
import { createBooks } from '../book/books.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { Mirror } from '../engine/mirror.ts'
import type { Modules } from '../engine/modules.ts'
import type { Head } from '../scene/next-block.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'
import { newestHead } from './newest-head.ts'

/**
 * The chain as a keeper would hold it at its newest block, once, with modules as they are or altered.
 * @throws `rpc-unreachable`, `rpc-refused`.
 */
export async function loadMirror(
  rpc: Rpc,
  config: Config,
  say: (text: string) => void,
  alter: (modules: Modules) => Modules = (same) => same,
): Promise<{ readonly mirror: Mirror; readonly head: Head; readonly view: View }> {
  const { head, view } = await newestHead(rpc, say)
  const tokens = [config.chain.wrappedNative, ...config.hubs]
  const dataFees = await dataFeeSourceOf(rpc)
  const { finalityBlocks, blockSeconds } = config.chain
  const mirror = new Mirror(createBooks(finalityBlocks), alter(modulesOf(config)), tokens, blockSeconds, dataFees)
  await mirror.load(view, (what, count) => say(`reading ${what}: ${count} so far\n`))
  return { mirror, head, view }
}
