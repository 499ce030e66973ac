import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { createBooks } from '../book/books.ts'
import { mergeFilters } from '../chain/merge-filters.ts'
import { hasMulticall } from '../chain/multicall.ts'
import type { Rpc } from '../chain/rpc.ts'
import { blockOf, quantity, type RawBlock, viewOf } from '../chain/view.ts'
import type { Config } from '../config/config.ts'
import { Mirror } from '../engine/mirror.ts'
import type { Pass } from '../recording/record-range.ts'
import type { RecordingHead } from '../recording/recording.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { modulesOf } from './modules-of.ts'

/**
 * What a keeper has to know at the range's start (the state behind the block before it), the logs it watches through the
 * range, and whole blocks with receipts where somebody was liquidated.
 */
export const gather =
  (config: Config, { from, to }: RecordingHead): Pass =>
  async (rpc, progress) => {
    const { mirror, view } = await mirrorAt(rpc, config, Math.max(0, from - 1), progress)
    const logs = new Map<number, Log[]>()
    for (const filter of mergeFilters(mirror.watches()))
      for await (const page of view(to).logs(filter, from)) {
        for (const log of page) logs.set(log.block.number, [...(logs.get(log.block.number) ?? []), log])
        progress('blocks with logs', logs.size, to - from + 1)
      }
    const hit = [...logs].filter(([, some]) => isHit(mirror, some)).map(([number]) => number)
    for (const [done, number] of hit.sort((a, b) => a - b).entries()) {
      await rpc.request('eth_getBlockByNumber', [quantity(number), true])
      await rpc.request('eth_getBlockReceipts', [quantity(number)])
      progress('blocks with liquidations', done + 1, hit.length)
    }
  }

const isHit = (mirror: Mirror, logs: readonly Log[]): boolean => {
  const ordered = [...logs].sort((a, b) => a.logIndex - b.logIndex)
  return mirror.modules.strategies.some(
    ({ key, module }) => module.outcome(mirror.books.shelf(key), ordered).length > 0,
  )
}

async function mirrorAt(rpc: Rpc, config: Config, number: number, progress: Parameters<Pass>[1]) {
  const raw = (await rpc.request('eth_getBlockByNumber', [quantity(number), false])) as RawBlock
  const isAggregated = await hasMulticall(rpc)
  const tokens = [config.chain.wrappedNative, ...config.hubs]
  const { finalityBlocks, blockSeconds } = config.chain
  const dataFees = await dataFeeSourceOf(rpc)
  const mirror = new Mirror(createBooks(finalityBlocks), modulesOf(config), tokens, blockSeconds, dataFees)
  const view = (to: number) => viewOf(rpc, raw.hash as Hex, { ...blockOf(raw), number: to }, isAggregated)
  await mirror.load(view(number), (what, count) => progress(what, count, count))
  return { mirror, view }
}
