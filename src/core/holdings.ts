import type { Address, Hex } from './address.ts'
import { wordOfAddress } from './address.ts'
import type { Log } from './block.ts'
import { type Book, type Folded, marketId, nothingFolded, type Patch } from './book.ts'
import type { FlashSource } from './flash.ts'
import { amount as amountOf } from './numbers.ts'
import type { View } from './world.ts'

/** What a lender holds of a token. */
export type Holding = { readonly token: Address; readonly cash: bigint }

/** Transfer(address indexed from, address indexed to, uint256 value) */
const transfer: Hex = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'
/** balanceOf(address) */
const balanceOf = '0x70a08231'

/** A lender that lends all it holds, for nothing: its cash follows the tokens' transfers. */
export const holdingsLender = (
  lender: Address,
  rest: Pick<FlashSource, 'wrapGas' | 'lendsOnce'>,
): FlashSource<Holding> => ({
  ...rest,
  discover: (view, tokens) => readCash(view, lender, [...new Set(tokens)]),
  watches: (book) => {
    const addresses = [...book.markets()].map(({ data }) => data.token)
    if (addresses.length === 0) return []
    const self = wordOfAddress(lender)
    return [
      { addresses, topics: [transfer, self] },
      { addresses, topics: [transfer, null, self] },
    ]
  },
  fold: (book, log) => foldTransfer(book, lender, log),
  refresh: (view, book, dirty) =>
    readCash(
      view,
      lender,
      dirty.markets.flatMap((id) => book.market(id)?.data.token ?? []),
    ),
  lends: (book, asset, wanted) => {
    const cash = book.market(marketId(asset))?.data.cash ?? 0n
    return wanted > 0n && wanted <= cash ? { lender, fee: amountOf(0n) } : null
  },
})

const put = (token: Address, cash: bigint): Patch<Holding, never> => ({
  op: 'put-market',
  market: { id: marketId(token), epoch: 0, data: { token, cash } },
})

async function readCash(
  view: View,
  lender: Address,
  tokens: readonly Address[],
): Promise<readonly Patch<Holding, never>[]> {
  const data: Hex = `${balanceOf}${wordOfAddress(lender).slice(2)}`
  const answers = await view.call(tokens.map((to) => ({ to, data })))
  return tokens.map((token, i) => {
    const answer = answers[i]
    return put(token, answer === null || answer === undefined || answer.length < 66 ? 0n : BigInt(answer.slice(0, 66)))
  })
}

/** A token that moves balances without saying so is caught by its loan reverting, not here. */
function foldTransfer(book: Book<Holding>, lender: Address, log: Log): Folded<Holding, never> {
  const held = log.topicCount === 3 && log.topic(0) === transfer ? book.market(marketId(log.address)) : undefined
  if (held === undefined) return nothingFolded
  const self = wordOfAddress(lender)
  const [out, into] = [log.topic(1) === self, log.topic(2) === self]
  if (out === into) return nothingFolded
  const { token, cash } = held.data
  const left = into ? cash + log.word(0) : cash - log.word(0)
  if (left < 0n) return { patches: [], dirty: { markets: [held.id], positions: [] } }
  return { patches: [put(token, left)], dirty: { markets: [], positions: [] } }
}
