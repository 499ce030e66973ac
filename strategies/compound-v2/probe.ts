import { Interface } from 'ethers'
import { compoundComptroller, compoundOracle, compoundToken } from '#abis/compound-v2.ts'
import type { Address } from '#core/address.ts'
import type { Book } from '#core/book.ts'
import { WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import type { Read, View } from '#core/world.ts'
import { type Answer, addressesIn, asked, isTrue, wordAt } from './asked.ts'
import { figuresOf, unjudged } from './judge.ts'
import { type Account, type CompoundMarket, type CompoundPosition, type Hub, isHub, tokenId } from './records.ts'
import type { Side } from './standing.ts'

const comptroller = new Interface([
  ...compoundComptroller,
  'function getEffectiveLtvFactor(address account, address vToken, uint8 strategy) view returns (uint256)',
])
const token = new Interface(compoundToken)
const oracle = new Interface(compoundOracle)

/**
 * The comptroller's own liquidity of an account at the view's block, and whether it could be liquidated with markets
 * accrued, out of the markets' own answers. Views first: a batch of calls may keep what `…Current` changes.
 */
export async function probe(
  view: View,
  book: Book<CompoundMarket, Account>,
  position: CompoundPosition,
): Promise<Figures> {
  const market = book.market(position.market)
  const user = position.owner
  if (!isHub(market) || user === null) return unjudged
  const hub = market.data
  const to = hub.comptroller
  const [liquidity = null, entered = null, vai = null] = await view.call([
    asked(comptroller, to, 'getAccountLiquidity', user),
    asked(comptroller, to, 'getAssetsIn', user),
    asked(comptroller, to, 'mintedVAIs', user),
  ])
  if (entered === null || liquidity === null || wordAt(liquidity) !== 0n) return unjudged
  if ((wordAt(vai) ?? 0n) > 0n) return unjudged
  const assets = addressesIn(entered, `markets of ${user}`)
  const stored = await view.call(assets.flatMap((asset) => views(hub, user, asset)))
  const current = await view.call(
    assets.flatMap((asset) => [
      asked(token, asset, 'borrowBalanceCurrent', user),
      asked(token, asset, 'exchangeRateCurrent'),
    ]),
  )
  const width = stored.length / Math.max(assets.length, 1)
  const sides = assets.map((asset, at) =>
    sideOf(hub, asset, stored.slice(at * width, (at + 1) * width), current.slice(2 * at, 2 * at + 2)),
  )
  return figuresOf(hub.family, sides, { liquidity: wordAt(liquidity, 1) ?? 0n, shortfall: wordAt(liquidity, 2) ?? 0n })
}

const views = ({ comptroller: to, oracle: at, family }: Hub, user: Address, asset: Address): readonly Read[] => [
  asked(token, asset, 'getAccountSnapshot', user),
  asked(oracle, at, 'getUnderlyingPrice', asset),
  asked(comptroller, to, 'isForcedLiquidationEnabled', asset),
  asked(comptroller, to, 'isForcedLiquidationEnabledForUser', user, asset),
  asked(comptroller, to, 'borrowGuardianPaused', asset),
  asked(token, asset, 'reserveFactorMantissa'),
  asked(comptroller, to, 'markets', asset),
  ...(family === 'venus-core' ? [asked(comptroller, to, 'getEffectiveLtvFactor', user, asset, 1)] : []),
]

function sideOf(hub: Hub, asset: Address, stored: readonly Answer[], current: readonly Answer[]): Side {
  const [
    snapshot = null,
    price = null,
    forced = null,
    forUser = null,
    paused = null,
    factor = null,
    rules = null,
    ltv = null,
  ] = stored
  const own = wordAt(rules, hub.family === 'venus-isolated' ? 2 : 1) ?? 0n
  const isDeprecated = hub.family === 'compound' && isTrue(paused) && own === 0n && wordAt(factor) === WAD
  return {
    market: tokenId(asset),
    tokens: wordAt(snapshot, 1) ?? 0n,
    threshold: wordAt(ltv) ?? own,
    price: wordAt(price) ?? 0n,
    isForced: isTrue(forced) || isTrue(forUser) || isDeprecated,
    stored: { owed: wordAt(snapshot, 2) ?? 0n, rate: wordAt(snapshot, 3) ?? 0n },
    accrued: { owed: wordAt(current[0] ?? null) ?? 0n, rate: wordAt(current[1] ?? null) ?? 0n },
  }
}
