import type { Hex } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import { startSandbox } from '../sandbox/start.ts'
import { createShelf } from '../src/book/shelf.ts'
import { hasMulticall } from '../src/chain/multicall.ts'
import { blockOf, type RawBlock, viewOf } from '../src/chain/view.ts'
import aave from '../strategies/aave-v3/index.ts'

/** As many as one start reads in one go. */
const pageSize = 500

/** So many borrowers of the real contracts, and the seconds to read all of them once more through Multicall3. */
export async function rereading(count: number): Promise<{
  readonly rereadSeconds: () => Promise<number>
  readonly close: () => Promise<void>
}> {
  const sandbox = await startSandbox({ borrowers: count, aave: ['3.6'] })
  const { rpc, addresses } = sandbox
  const raw = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  if (!(await hasMulticall(rpc))) throw new Error('the sandbox has no Multicall3')
  const view = viewOf(rpc, raw.hash as Hex, blockOf(raw), true)
  const strategy = aave.create(aave.config.parse({ addressesProvider: addresses.aave['3.6'].provider }))
  const shelf = createShelf()
  for await (const patches of strategy.bootstrap(view)) for (const patch of patches) shelf.apply(patch as never)
  const ids = [...shelf.positions()].map(({ id }) => id)
  if (ids.length < count) throw new Error(`${ids.length} borrowers are there, not ${count}`)
  const reread = async (positions: readonly PositionId[]): Promise<void> => {
    const patches = await strategy.refresh(view, shelf as never, { markets: [], positions })
    if (patches.length !== positions.length) throw new Error('not every position was read')
    for (const patch of patches) shelf.apply(patch as never)
  }
  const rereadSeconds = async (): Promise<number> => {
    const started = performance.now()
    for (let from = 0; from < count; from += pageSize) await reread(ids.slice(from, Math.min(from + pageSize, count)))
    return (performance.now() - started) / 1e3
  }
  return { rereadSeconds, close: sandbox.stop }
}
