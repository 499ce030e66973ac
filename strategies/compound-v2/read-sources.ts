import { Interface } from 'ethers'
import { compoundOracle } from '#abis/compound-v2.ts'
import { type Address, address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import type { View } from '#core/world.ts'
import { addressOr, asked, wordAt } from './asked.ts'
import type { CToken } from './records.ts'

const abi = new Interface(compoundOracle)
/** What Venus' oracles call the chain's own currency. Source: ResilientOracle.NATIVE_TOKEN_ADDR. */
const nativeAsset = address('0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')

/**
 * Markets with the Chainlink feed that Venus' ResilientOracle asks through its main oracle, so that an update on its way
 * is foreseen. Where another oracle has a say, the price is not the feed's: it is then compared, and asked instead.
 */
export async function withSources(
  view: View,
  oracle: Address,
  markets: readonly Market<CToken>[],
): Promise<readonly Market<CToken>[]> {
  const assets = markets.map(({ data }) => (data.underlying === 'native' ? nativeAsset : data.underlying))
  const configs = await view.call(assets.map((asset) => asked(abi, oracle, 'getTokenConfig', asset)))
  const mains = configs.map((config) => wordAddress(config, 1) ?? oracle)
  const found = await view.call(assets.map((asset, at) => asked(abi, mains[at] ?? oracle, 'tokenConfigs', asset)))
  const feeds = assets.map((_, at) =>
    wordAddress(configs[at] ?? null, 1) === null ? null : wordAddress(found[at] ?? null, 1),
  )
  const decimals = await view.call([
    ...assets.map((asset) => asked(abi, asset, 'decimals')),
    ...feeds.map((feed, at) => asked(abi, feed ?? assets[at] ?? oracle, 'decimals')),
  ])
  return markets.map((market, at) => {
    const own = market.data.underlying === 'native' ? 18n : wordAt(decimals[at] ?? null)
    const its = wordAt(decimals[assets.length + at] ?? null)
    const source = feeds[at] ?? null
    if (source === null || own === null || its === null || own + its > 36n) return market
    return { ...market, data: { ...market.data, source, scale: 10n ** (36n - own - its) } }
  })
}

const wordAddress = (answer: `0x${string}` | null, at: number): Address | null =>
  wordAt(answer, at) === null ? null : addressOr(`0x${(answer ?? '').slice(2 + 64 * at, 66 + 64 * at)}`)
