import { Interface } from 'ethers'
import { z } from 'zod'
import { aaveV3ConfiguratorFlashAbi, aaveV3FlashAbi } from '#abis/aave-v3-flash.ts'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, addressOfWord, type Hex, wordOfAddress } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import type { Log, LogFilter } from '#core/block.ts'
import { type Book, type Folded, type MarketId, marketId, nothingFolded, type Patch } from '#core/book.ts'
import { defineFlash, type FlashSource } from '#core/flash.ts'
import { amount as amountOf, BPS, mulDivUp } from '#core/numbers.ts'
import { type LentReserve, readReserves, reserveMarket } from './reserve.ts'

const config = z.strictObject({
  pool: addressText.describe('Aave V3 pool whose flash loans may fund a liquidation'),
})

const topicOf = (abi: readonly string[], name: string): Hex => new Interface(abi).getEvent(name)?.topicHash as Hex
const transfer = topicOf(erc20Abi, 'Transfer')
const updated = topicOf(aaveV3FlashAbi, 'ReserveDataUpdated')
const termsOfOne = ['ReserveFlashLoaning', 'ReserveActive', 'ReservePaused'].map((name) =>
  topicOf(aaveV3ConfiguratorFlashAbi, name),
)
const termsOfAll = topicOf(aaveV3ConfiguratorFlashAbi, 'FlashloanPremiumTotalUpdated')

export default defineFlash({
  name: 'aave-v3',
  layout: 1,
  config,
  // From Aave's address book.
  presets: {
    mainnet: { pool: '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2' },
    arbitrum: { pool: '0x794a61358d6845594f94dc1db02a252b5b4814ad' },
    avalanche: { pool: '0x794a61358d6845594f94dc1db02a252b5b4814ad' },
    base: { pool: '0xa238dd80c259a72e81d7e4664a9801593f98d1c5' },
    bnb: { pool: '0x6807dc923806fe8fd134338eabca509979a7e0cb' },
    celo: { pool: '0x3e59a31363e2ad014dcbc521c4a0d5757d9f3402' },
    gnosis: { pool: '0xb50201558b00496a145fe76f7424749556e326d8' },
    ink: { pool: '0x2816cf15f6d2a220e789aa011d5ee4eb6c47feba' },
    linea: { pool: '0xc47b8c00b0f69a36fa203ffeac0334874574a8ac' },
    mantle: { pool: '0x458f293454fe0d67ec0655f3672301301dd51422' },
    optimism: { pool: '0x794a61358d6845594f94dc1db02a252b5b4814ad' },
    polygon: { pool: '0x794a61358d6845594f94dc1db02a252b5b4814ad' },
    scroll: { pool: '0x11fcfe756c05ad438e312a7fd934381537d3cffe' },
    soneium: { pool: '0xdd3d7a7d03d9fd9ef45f3e587287922ef65ca38b' },
  },
  trusts: async (_view, { pool }) => [{ kind: 'lender', lender: pool }],
  create: ({ pool }): FlashSource<LentReserve> => ({
    wrapGas: 190_000,
    discover: async (view, tokens) => putAll(await readReserves(view, pool, [...new Set(tokens)])),
    watches: (book) => filters(book, pool),
    fold: (book, log) => foldLog(book, pool, log),
    refresh: async (view, book, dirty) =>
      putAll(
        await readReserves(
          view,
          pool,
          dirty.markets.flatMap((id) => book.market(id)?.data.asset ?? []),
        ),
      ),
    lends: (book, asset, wanted) => {
      const reserve = book.market(marketId(asset))?.data
      if (reserve === undefined || !reserve.lending || wanted === 0n || wanted > reserve.cash) return null
      const { premiumBps, premiumRoundsUp } = reserve
      const fee = premiumRoundsUp ? mulDivUp(wanted, premiumBps, BPS) : (wanted * premiumBps + BPS / 2n) / BPS
      return { lender: pool, fee: amountOf(fee) }
    },
  }),
})

const putAll = (reserves: readonly LentReserve[]): readonly Patch<LentReserve, never>[] =>
  reserves.map((one) => ({ op: 'put-market', market: reserveMarket(one) }))

function filters(book: Book<LentReserve>, pool: Address): readonly LogFilter[] {
  const reserves = [...book.markets()].map(({ data }) => data)
  if (reserves.length === 0) return []
  const assets = reserves.map(({ asset }) => asset)
  const holders = reserves.map(({ aToken }) => wordOfAddress(aToken))
  return [
    { addresses: assets, topics: [transfer, holders] },
    { addresses: assets, topics: [transfer, null, holders] },
    { addresses: [pool], topics: [updated] },
    {
      addresses: [...new Set(reserves.map(({ configurator }) => configurator))],
      topics: [[...termsOfOne, termsOfAll]],
    },
  ]
}

/** Cash follows transfers at once; the pool's own count of it, which a gift does not move, is read again. */
function foldLog(book: Book<LentReserve>, pool: Address, log: Log): Folded<LentReserve, never> {
  if (log.topicCount === 0) return nothingFolded
  const event = log.topic(0)
  if (event === termsOfAll) return dirty([...book.markets()].map(({ id }) => id))
  if (termsOfOne.includes(event) || (log.address === pool && event === updated)) {
    const id = marketId(addressOfWord(log.topic(1)))
    return book.market(id) === undefined ? nothingFolded : dirty([id])
  }
  const reserve = event === transfer && log.topicCount === 3 ? book.market(marketId(log.address)) : undefined
  if (reserve === undefined) return nothingFolded
  const holder = wordOfAddress(reserve.data.aToken)
  const [out, into] = [log.topic(1) === holder, log.topic(2) === holder]
  if (out === into) return nothingFolded
  const moved = into ? log.word(0) : -log.word(0)
  const cash = reserve.data.cash + moved
  return { ...dirty([reserve.id]), patches: putAll([{ ...reserve.data, cash: cash < 0n ? 0n : cash }]) }
}

const dirty = (markets: readonly MarketId[]): Folded<LentReserve, never> => ({
  patches: [],
  dirty: { markets, positions: [] },
})
