import type { View } from '#core/world.ts'
import { createBooks } from '../book/books.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { Mirror } from '../engine/mirror.ts'
import type { Modules } from '../engine/modules.ts'
import type { Head } from '../scene/next-block.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { headAt } from './head-at.ts'
import { modulesOf } from './modules-of.ts'

type Options = { readonly number?: number | null; readonly alter?: (modules: Modules) => Modules }

/**
 * The chain as a keeper would hold it, once: at its newest block or the one named, with modules as they are or altered.
 * @throws as `headAt`.
 */
export async function loadMirror(
  rpc: Rpc,
  config: Config,
  say: (text: string) => void,
  { number = null, alter = (same) => same }: Options = {},
): Promise<{ readonly mirror: Mirror; readonly head: Head; readonly view: View }> {
  const { head, view } = await headAt(rpc, say, number)
  const tokens = [config.chain.wrappedNative, ...config.hubs]
  const dataFees = await dataFeeSourceOf(rpc)
  const { finalityBlocks, blockSeconds } = config.chain
  const mirror = new Mirror(createBooks(finalityBlocks), alter(modulesOf(config)), tokens, blockSeconds, dataFees)
  await mirror.load(view, (what, count) => say(`reading ${what}: ${count} so far\n`))
  return { mirror, head, view }
}
