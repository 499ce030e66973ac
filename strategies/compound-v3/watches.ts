import { wordOfAddress } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { CometConfig } from './config.ts'
import { cometTopics, rewardClaimed, transfer } from './events.ts'
import { type CometBook, cometIn } from './records.ts'

/** The Comet's own logs, and what its tokens tell of its balances. Grows with the collaterals, never with the accounts. */
export function watches({ comet, rewards }: CometConfig, book: CometBook): readonly LogFilter[] {
  const market = cometIn(book)
  const tokens = market === undefined ? [] : [market.data.base, ...market.data.assets.map(({ asset }) => asset)]
  const own = wordOfAddress(comet)
  return [
    { addresses: [comet], topics: [cometTopics] },
    ...(rewards === null ? [] : [{ addresses: [rewards], topics: [rewardClaimed] }]),
    ...(tokens.length === 0
      ? []
      : [
          { addresses: tokens, topics: [transfer, own] },
          { addresses: tokens, topics: [transfer, null, own] },
        ]),
  ]
}
