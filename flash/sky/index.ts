import { Interface } from 'ethers'
import { z } from 'zod'
import { skyFlashAbi } from '#abis/sky-flash.ts'
import type { Address, Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { marketId, nothingFolded, type Patch } from '#core/book.ts'
import { defineFlash, type FlashSource } from '#core/flash.ts'
import { amount as amountOf, WAD } from '#core/numbers.ts'
import type { View } from '#core/world.ts'

const config = z.strictObject({
  flash: addressText.describe('DssFlash: it makes the money it lends, up to a ceiling'),
})
/** `feeWad`: of the loan, rounded down; 1e18 = 1. */
type Ceiling = { readonly token: Address; readonly most: bigint; readonly feeWad: bigint }

const abi = new Interface(skyFlashAbi)
const filed = abi.getEvent('File')?.topicHash as Hex

export default defineFlash({
  name: 'sky',
  layout: 1,
  config,
  presets: { mainnet: { flash: '0x60744434d6339a6b27d73d9eda62b6f66a0a04fa' } },
  trusts: async (_view, { flash }) => [{ kind: 'lender', lender: flash }],
  create: ({ flash }): FlashSource<Ceiling> => ({
    wrapGas: 170_000,
    discover: (view, tokens) => readCeilings(view, flash, [...new Set(tokens)]),
    watches: () => [{ addresses: [flash], topics: [filed] }],
    fold: (book, log) =>
      log.topicCount > 0 && log.address === flash && log.topic(0) === filed
        ? { patches: [], dirty: { markets: [...book.markets()].map(({ id }) => id), positions: [] } }
        : nothingFolded,
    refresh: (view, book, dirty) =>
      readCeilings(
        view,
        flash,
        dirty.markets.flatMap((id) => book.market(id)?.data.token ?? []),
      ),
    lends: (book, asset, wanted) => {
      const found = book.market(marketId(asset))?.data
      if (found === undefined || wanted === 0n || wanted > found.most) return null
      return { lender: flash, fee: amountOf((wanted * found.feeWad) / WAD) }
    },
  }),
})

/** Of tokens it does not make it says 0, and no fee. */
async function readCeilings(
  view: View,
  flash: Address,
  tokens: readonly Address[],
): Promise<readonly Patch<Ceiling, never>[]> {
  const answers = await view.call(
    tokens.flatMap((token) => [
      { to: flash, data: abi.encodeFunctionData('maxFlashLoan', [token]) as Hex },
      { to: flash, data: abi.encodeFunctionData('flashFee', [token, WAD]) as Hex },
    ]),
  )
  const wordAt = (at: number): bigint | null => {
    const answer = answers[at]
    return answer === null || answer === undefined || answer.length < 66 ? null : BigInt(answer.slice(0, 66))
  }
  return tokens.flatMap((token, i): Patch<Ceiling, never>[] => {
    const [most, feeWad] = [wordAt(2 * i), wordAt(2 * i + 1)]
    if (most === null || most === 0n) return []
    return [
      { op: 'put-market', market: { id: marketId(token), epoch: 0, data: { token, most, feeWad: feeWad ?? 0n } } },
    ]
  })
}
