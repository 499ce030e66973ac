import { Interface } from 'ethers'
import { compoundComptroller, compoundToken, venusLiquidator } from '#abis/compound-v2.ts'
import type { Address } from '#core/address.ts'
import type { MarketId } from '#core/book.ts'
import type { Read, View } from '#core/world.ts'
import { addressesIn, asked, isTrue, wordAt } from './asked.ts'
import { type Account, accountId, type CompoundPosition, type Holding, type Hub, hubId, tokenId } from './records.ts'

const comptroller = new Interface(compoundComptroller)
const token = new Interface(compoundToken)
const liquidator = new Interface(venusLiquidator)

/** What was owed when a debt last moved, and the market's index then: only logs tell them. */
export type Debt = { readonly principal: bigint; readonly index: bigint }
export type Debts = ReadonlyMap<MarketId, Debt>

/** Reads of one user beside the markets entered. */
const userReads = ({ comptroller: to, liquidator: through, family }: Hub, user: Address): readonly Read[] => [
  asked(comptroller, to, 'getAssetsIn', user),
  ...(family === 'venus-core'
    ? [asked(comptroller, to, 'userPoolId', user), asked(comptroller, to, 'mintedVAIs', user)]
    : []),
  ...(through === null ? [] : [asked(liquidator, through, 'liquidationRestricted', user)]),
]

/**
 * Accounts of users that owe anything, at the view's block, in two rounds of calls however many users. Debts come from
 * logs; a market in which something is owed counts as entered.
 */
export async function readAccounts(
  view: View,
  hub: Hub,
  users: readonly { readonly user: Address; readonly debts: Debts }[],
): Promise<readonly CompoundPosition[]> {
  const reads = users.map(({ user }) => userReads(hub, user))
  const width = reads[0]?.length ?? 0
  const answers = await view.call(reads.flat())
  const rows = users.flatMap(({ user, debts }, at) => {
    const entered = addressesIn(answers[at * width] ?? null, `markets of ${user}`).map(tokenId)
    return [...new Set([...entered, ...debts.keys()])].map((market) => ({ user, market }))
  })
  const asks = rows.flatMap(({ user, market }): readonly Read[] => [
    asked(token, market as string as Address, 'balanceOf', user),
    ...(hub.family === 'venus-core'
      ? [asked(comptroller, hub.comptroller, 'isForcedLiquidationEnabledForUser', user, market)]
      : []),
  ])
  const perRow = rows.length === 0 ? 0 : asks.length / rows.length
  const found = await view.call(asks)
  return users.map(({ user, debts }, at): CompoundPosition => {
    const holdings = rows.flatMap((row, index): Holding[] => {
      if (row.user !== user) return []
      const { principal, index: last } = debts.get(row.market) ?? { principal: 0n, index: 0n }
      const tokens = wordAt(found[index * perRow] ?? null) ?? 0n
      const isForced = perRow > 1 && isTrue(found[index * perRow + 1] ?? null)
      return [{ market: row.market, tokens, principal, index: last, isForced }]
    })
    const own = answers.slice(at * width + 1, (at + 1) * width)
    return positionOf(hub, user, own, holdings)
  })
}

function positionOf(
  hub: Hub,
  user: Address,
  own: readonly (Read['data'] | null)[],
  holdings: readonly Holding[],
): CompoundPosition {
  const isCore = hub.family === 'venus-core'
  const data: Account = {
    pool: isCore ? Number(wordAt(own[0] ?? null) ?? 0n) : 0,
    vai: isCore ? (wordAt(own[1] ?? null) ?? 0n) : 0n,
    isRestricted: hub.liquidator !== null && isTrue(own[2] ?? null),
    holdings: [...holdings].sort((a, b) => (a.market < b.market ? -1 : 1)),
  }
  return { id: accountId(hub.comptroller, user), market: hubId(hub.comptroller), owner: user, data }
}
