import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Feed, Reading } from '#core/feed.ts'

/** What a feed answered. Less than a word reverts in whoever asks, as a revert would: an oracle may be anybody's. */
export const toldBy = ({ read }: Feed, answer: Hex | null, { timestamp }: Block): Reading =>
  answer === null || answer.length < 66 ? null : { value: read.decode(answer), updatedAt: timestamp }
