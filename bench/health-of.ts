import { createShelf } from '../src/book/shelf.ts'
import { matches } from '../src/chain/match.ts'
import { hasMulticall } from '../src/chain/multicall.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { blockOf, quantity, type RawBlock, viewOf } from '../src/chain/view.ts'
import { modulesOf } from '../src/cli/modules-of.ts'
import type { Config } from '../src/config/config.ts'
import type { Hex } from '../src/core/address.ts'
import type { Log } from '../src/core/block.ts'
import { callData } from '../src/core/call-data.ts'
import type { Read } from '../src/core/world.ts'

const getUserAccountData: Hex = '0xbf92857c'

/** What asks every Aave account of a block for its health, and which logs tell of a liquidation. */
export async function healthOf(
  config: Config,
  rpc: Rpc,
  block: number,
): Promise<{ readonly health: readonly Read[]; readonly telling: (log: Log) => boolean }> {
  const raw = (await rpc.request('eth_getBlockByNumber', [quantity(block), false])) as RawBlock
  const view = viewOf(rpc, raw.hash as Hex, blockOf(raw), await hasMulticall(rpc))
  const health: Read[] = []
  const telling: ((log: Log) => boolean)[] = []
  for (const { module } of modulesOf(config).strategies) {
    const shelf = createShelf()
    for await (const patches of module.bootstrap(view)) for (const patch of patches) shelf.apply(patch as never)
    const filters = module.liquidations?.(shelf) ?? module.watches(shelf)
    telling.push((log) => filters.some((filter) => matches(filter, log)))
    for (const { market, owner } of shelf.positions()) {
      const pool = shelf.market(market)?.data.pool
      if (owner !== null && typeof pool === 'string')
        health.push({ to: pool as Read['to'], data: callData(getUserAccountData, owner) })
    }
  }
  return { health, telling: (log) => telling.some((one) => one(log)) }
}
