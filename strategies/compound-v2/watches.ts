import { type Address, wordOfAddress } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Book } from '#core/book.ts'
import { comptrollerTopics, liquidatorTopics, tokenTopics, transfer, vaiTopics } from './events.ts'
import { type Account, type CompoundMarket, isCToken, isHub } from './records.ts'

/** Grows with the markets, never with the accounts. Rate models are heard too: a new slope is told by no market. */
export function watches(book: Book<CompoundMarket, Account>): readonly LogFilter[] {
  const markets = [...book.markets()]
  const tokens = markets.filter(isCToken).map(({ data }) => data)
  const hubs = markets.filter(isHub).map(({ data }) => data)
  const some = (addresses: readonly Address[], topics: LogFilter['topics']): readonly LogFilter[] =>
    addresses.length === 0 ? [] : [{ addresses: [...new Set(addresses)], topics }]
  return [
    ...hubs.flatMap(({ comptroller, liquidator, vai }): LogFilter[] => [
      { addresses: [comptroller], topics: [comptrollerTopics] },
      ...some(liquidator === null ? [] : [liquidator], [liquidatorTopics]),
      ...some(vai === null ? [] : [vai], [vaiTopics]),
    ]),
    ...some(
      tokens.map(({ cToken }) => cToken),
      [tokenTopics],
    ),
    ...some(
      tokens.map(({ rateModel }) => rateModel),
      [],
    ),
    ...donations(book),
  ]
}

/** Compound's cash is the market's own balance: what is simply sent there counts. Venus keeps a count of its own. */
function donations(book: Book<CompoundMarket, Account>): readonly LogFilter[] {
  const tokens = [...book.markets()].filter(isCToken).flatMap(({ data: { comptroller, cToken, underlying } }) => {
    const hub = [...book.markets()].find(({ id }) => id === (comptroller as string))
    return isHub(hub) && hub.data.family === 'compound' && underlying !== 'native' ? [{ cToken, underlying }] : []
  })
  if (tokens.length === 0) return []
  const to = tokens.map(({ cToken }) => wordOfAddress(cToken))
  return [{ addresses: [...new Set(tokens.map(({ underlying }) => underlying))], topics: [transfer, null, to] }]
}
