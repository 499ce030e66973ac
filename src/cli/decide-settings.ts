import { ZERO_ADDRESS } from '#core/address.ts'
import type { Config } from '../config/config.ts'
import type { DecideSettings } from '../engine/decide.ts'
import { transactionGasLimit } from '../execution/sign.ts'

/** As a keeper with this configuration would decide, for a verb that only looks. */
export function decideSettings({ submission, executor, chain }: Config): DecideSettings {
  const { via, tipShareBps, minimumNetWei: minimumNet, priorityFeeWei: priorityFee } = submission
  return {
    executor: executor?.address ?? ZERO_ADDRESS,
    wrapped: chain.wrappedNative,
    tipShareBps: via === 'bundle' ? tipShareBps : (0n as typeof tipShareBps),
    minimumNet,
    priorityFee,
    driftPpm: 0,
    gasLimit: transactionGasLimit,
  }
}
