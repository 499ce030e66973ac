import { Interface } from 'ethers'
import { erc4626, morphoOracle } from '#abis/morpho-blue.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { type Feed, type FeedId, type FeedSource, feedId, type Reading } from '#core/feed.ts'
import type { BlueConfig } from './config.ts'
import { oraclePrice } from './oracle-price.ts'
import type { Blue, Loan, Oracle, Parts } from './records.ts'

const oracle = new Interface(morphoOracle)
const vault = new Interface(erc4626)
const price = oracle.encodeFunctionData('price') as Hex

export const oracleFeed = (at: Address): FeedId => feedId(`morpho-blue/${at}`)

/** One for each oracle of a market in which something is owed, its pre-liquidation contracts' among them. */
export function feeds({ markets }: Pick<BlueConfig, 'markets'>, book: Book<Blue, Loan>): readonly Feed[] {
  const all = [...book.markets()]
    .filter(({ data }) => data.interest !== 'other' && data.totalBorrowShares > 0n)
    .flatMap(({ data }) =>
      [data.oracle, ...data.preLiquidations.map((one) => one.oracle)].map((oracle) => ({ oracle, of: data })),
    )
  return [...new Map(all.map((one) => [one.oracle.at, one])).values()].map((one) => ({
    ...feedOf(one),
    ...(markets === 'all' ? { isAnybodys: true as const } : {}),
  }))
}

function feedOf({ oracle: { at, parts }, of }: { readonly oracle: Oracle; readonly of: Blue }): Feed {
  return {
    id: oracleFeed(at),
    unit: '1e36 loan per collateral',
    prices: { token: of.collateral, quote: of.loan, scale: 1e-36 },
    sources: parts === null ? [] : sourcesOf(parts),
    derive: parts === null ? null : (answers) => derive(parts, answers),
    nextChange: null,
    read: { to: at, data: price, decode: (answer) => BigInt(answer.slice(0, 66)) },
  }
}

/** In this order: base feeds, quote feeds, base vault, quote vault. */
function sourcesOf({ baseFeeds, quoteFeeds, baseVault, baseSample, quoteVault, quoteSample }: Parts): FeedSource[] {
  const rate = (contract: Address | null, sample: bigint): FeedSource[] =>
    contract === null
      ? []
      : [{ kind: 'rate', contract, call: vault.encodeFunctionData('convertToAssets', [sample]) as Hex }]
  return [
    ...[...baseFeeds, ...quoteFeeds].map((contract): FeedSource => ({ kind: 'price', contract })),
    ...rate(baseVault, baseSample),
    ...rate(quoteVault, quoteSample),
  ]
}

function derive({ baseFeeds, quoteFeeds, baseVault, quoteVault, scale }: Parts, answers: readonly Reading[]): Reading {
  const told = answers.flatMap((answer) => answer ?? [])
  if (told.length < answers.length) return null
  const values = told.map((one) => one.value)
  const quoteFrom = baseFeeds.length
  const vaultFrom = quoteFrom + quoteFeeds.length
  const value = oraclePrice({
    base: [...values.slice(0, quoteFrom), ...(baseVault === null ? [] : values.slice(vaultFrom, vaultFrom + 1))],
    quote: [...values.slice(quoteFrom, vaultFrom), ...(quoteVault === null ? [] : values.slice(-1))],
    scale,
  })
  return value === null ? null : { value, updatedAt: Math.max(0, ...told.map(({ updatedAt }) => updatedAt)) }
}
