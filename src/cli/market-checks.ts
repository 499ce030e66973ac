import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { type Check, ok, warning } from './check.ts'
import { loadMirror } from './load-mirror.ts'
import { unservedChecks } from './unserved-rows.ts'

/** Reads the markets as a run would, and says what was found: positions, feeds that answer, pools that were admitted. */
export async function marketChecks(rpc: Rpc, config: Config, say: (text: string) => void): Promise<readonly Check[]> {
  const { mirror, view } = await loadMirror(rpc, config, say)
  const { markets, positions } = mirror.books.size()
  const feeds = mirror.allFeeds()
  const silent = feeds.filter(({ id }) => (mirror.books.feed(id) ?? null) === null)
  const pools = [...mirror.admittedPools()].length
  return [
    positions > 0
      ? ok('book', `${positions} positions in ${markets} markets`)
      : warning(
          'book',
          `no position in ${markets} markets`,
          'check the deployments under protocols, and their fromBlock',
        ),
    silent.length === 0
      ? ok('feeds', `${feeds.length}, all answer`)
      : warning('feeds', `${silent.map(({ id }) => id).join(', ')} revert`, 'nothing priced by them can be liquidated'),
    pools > 0
      ? ok('pools', `${pools} admitted, each after a quote that was exact`)
      : warning('pools', 'none', 'check venues and hubs: without a pool only same-asset liquidations pay'),
    ...(await unservedChecks(mirror, view, config.chain.wrappedNative)),
  ]
}
