import type { Rpc } from '../chain/rpc.ts'
import { viewAt } from '../chain/view.ts'
import type { Config } from '../config/config.ts'
import { createBooks } from '../book/books.ts'
import { Mirror } from '../engine/mirror.ts'
import { modulesOf } from './modules-of.ts'
import { type Check, ok, warning } from './check.ts'

/** Reads the markets as a run would, and says what was found: positions, feeds that answer, pools that were admitted. */
export async function marketChecks(rpc: Rpc, config: Config, say: (text: string) => void): Promise<readonly Check[]> {
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly hash: `0x${string}` }
  const mirror = new Mirror(createBooks(config.chain.finalityBlocks), modulesOf(config), [config.chain.wrappedNative, ...config.hubs])
  await mirror.load(await viewAt(rpc, head.hash), (what, count) => say(`reading ${what}: ${count}\n`))
  const { markets, positions } = mirror.books.size()
  const feeds = mirror.modules.strategies.flatMap(({ key, module }) => module.feeds(mirror.books.shelf(key)))
  const silent = feeds.filter(({ id }) => (mirror.books.feed(id) ?? null) === null)
  const pools = [...mirror.admittedPools()].length
  return [
    positions > 0
      ? ok('book', `${positions} positions in ${markets} markets`)
      : warning('book', `no position in ${markets} markets`, 'check the deployments under protocols, and their fromBlock'),
    silent.length === 0
      ? ok('feeds', `${feeds.length}, all answer`)
      : warning('feeds', `${silent.map(({ id }) => id).join(', ')} revert`, 'nothing priced by them can be liquidated'),
    pools > 0
      ? ok('pools', `${pools} admitted, each after a quote that was exact`)
      : warning('pools', 'none', 'check venues and hubs: without a pool only same-asset liquidations pay'),
  ]
}
