import type { LogFilter } from '#core/block.ts'
import type { CometConfig } from './config.ts'
import { absorbDebt, buyCollateral } from './events.ts'

/** Absorptions, and sales of what they brought. */
export const liquidations = ({ comet }: CometConfig): readonly LogFilter[] => [
  { addresses: [comet], topics: [[absorbDebt, buyCollateral]] },
]
