import { Interface } from 'ethers'
import { z } from 'zod'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, type Hex, wordOfAddress } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import type { Log } from '#core/block.ts'
import { type Book, type Folded, marketId, nothingFolded, type Patch } from '#core/book.ts'
import { defineFlash, type FlashSource } from '#core/flash.ts'
import { amount as amountOf } from '#core/numbers.ts'
import type { View } from '#core/world.ts'

/** What Morpho holds of a token is what it lends. */
type Cash = { readonly token: Address; readonly cash: bigint }

const config = z.strictObject({
  morpho: addressText.describe('Morpho Blue: it lends all it holds for nothing'),
})

const tokenAbi = new Interface(erc20Abi)
const transfer = tokenAbi.getEvent('Transfer')?.topicHash as Hex

export default defineFlash({
  name: 'morpho',
  layout: 1,
  config,
  presets: { mainnet: { morpho: '0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb' } },
  trusts: async (_view, { morpho }) => [{ kind: 'lender', lender: morpho }],
  create: ({ morpho }): FlashSource<Cash> => ({
    wrapGas: 120_000,
    discover: (view, tokens) => readCash(view, morpho, [...new Set(tokens)]),
    watches: (book) => {
      const addresses = [...book.markets()].map(({ data }) => data.token)
      if (addresses.length === 0) return []
      const self = wordOfAddress(morpho)
      return [
        { addresses, topics: [transfer, self] },
        { addresses, topics: [transfer, null, self] },
      ]
    },
    fold: (book, log) => foldTransfer(book, morpho, log),
    refresh: (view, book, dirty) =>
      readCash(
        view,
        morpho,
        dirty.markets.flatMap((id) => book.market(id)?.data.token ?? []),
      ),
    lends: (book, asset, wanted) => {
      const cash = book.market(marketId(asset))?.data.cash ?? 0n
      return wanted > 0n && wanted <= cash ? { lender: morpho, fee: amountOf(0n) } : null
    },
  }),
})

const put = (token: Address, cash: bigint): Patch<Cash, never> => ({
  op: 'put-market',
  market: { id: marketId(token), epoch: 0, data: { token, cash } },
})

async function readCash(
  view: View,
  morpho: Address,
  tokens: readonly Address[],
): Promise<readonly Patch<Cash, never>[]> {
  const answers = await view.call(
    tokens.map((to) => ({ to, data: tokenAbi.encodeFunctionData('balanceOf', [morpho]) as Hex })),
  )
  return tokens.map((token, i) => {
    const answer = answers[i]
    return put(token, answer === null || answer === undefined || answer.length < 66 ? 0n : BigInt(answer.slice(0, 66)))
  })
}

/** A token that moves balances without saying so is caught by its loan reverting, not here. */
function foldTransfer(book: Book<Cash>, morpho: Address, log: Log): Folded<Cash, never> {
  const held = log.topicCount === 3 && log.topic(0) === transfer ? book.market(marketId(log.address)) : undefined
  if (held === undefined) return nothingFolded
  const self = wordOfAddress(morpho)
  const [out, into] = [log.topic(1) === self, log.topic(2) === self]
  if (out === into) return nothingFolded
  const { token, cash } = held.data
  const left = into ? cash + log.word(0) : cash - log.word(0)
  if (left < 0n) return { patches: [], dirty: { markets: [held.id], positions: [] } }
  return { patches: [put(token, left)], dirty: { markets: [], positions: [] } }
}
