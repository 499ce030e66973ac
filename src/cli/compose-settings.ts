import type { Config } from '../config/config.ts'
import type { ComposeSettings } from '../engine/compose.ts'

/** What a configuration says of how a keeper decides and sends, whichever world it lives in. */
export function composeSettings(config: Config): Omit<ComposeSettings, 'dataFees' | 'snapshot'> {
  const { submission } = config
  const { finalityBlocks: depth, blockSeconds, wrappedNative: wrapped } = config.chain
  return {
    execution: {
      via: submission.via,
      isDryRun: submission.dryRun,
      chainId: config.chain.id,
      executor: config.executor?.address ?? null,
      blocks: submission.blocks,
      finalityBlocks: depth,
      tipShareBps: submission.tipShareBps,
      priorityFee: submission.priorityFeeWei,
      minimumNet: submission.minimumNetWei,
      simulates: submission.simulate,
      lateMs: submission.lateMs,
      blockSeconds,
    },
    care: { driftEveryBlocks: config.drift.everyBlocks, driftSample: config.drift.sample },
    ...{ blockSeconds, wrapped, depth },
    hubs: config.hubs,
    timelocks: config.timelocks,
  }
}
