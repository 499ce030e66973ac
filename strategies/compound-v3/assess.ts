import type { Address } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { BPS } from '#core/numbers.ts'
import type { Blocked, GateReason, Opportunity } from '#core/opportunity.ts'
import type { CometConfig } from './config.ts'
import { factorScale } from './math.ts'
import { discountOf } from './quote.ts'
import {
  type AccountPosition,
  type Asset,
  accountId,
  type CometMarket,
  type CometPosition,
  isAccount,
  isStock,
  type Sale,
  stockId,
} from './records.ts'
import { type Open, openSale, type Shut } from './sale.ts'
import { type CometScene, type Now, nowIn, type Standing, standingOf } from './standing.ts'

export type Found = Opportunity<Sale> | Blocked
type Gate = { readonly reason: GateReason; readonly detail: string }
/** Below the line, with what it has. */
type Below = { readonly position: AccountPosition; readonly owner: Address; readonly standing: Standing }

/** More than one transaction's gas carries are never absorbed at once. */
const batchMax = 32

/**
 * Each asset's sale after absorbing the account with the most of it, the two with the most, the four, and so on; and
 * each asset's sale as it stands. What shares an account or an asset excludes each other.
 */
export function assess(
  config: CometConfig,
  scene: CometScene,
  market: Market<CometMarket>,
  candidates: readonly CometPosition[],
): readonly Found[] {
  const now = nowIn(scene, market)
  if (now === null) return []
  const { below, blocked } = belowTheLine(scene, now, candidates)
  const sales: Sale[] = []
  for (const asset of now.comet.assets) {
    const accounts = mostFirst(below, asset).map(({ owner }) => owner)
    for (const size of sizes(accounts.length)) sales.push(saleOf(now, asset, accounts.slice(0, size)))
  }
  for (const stock of candidates.filter(isStock)) {
    const asset = now.comet.assets.find((one) => one.asset === stock.data.asset)
    if (asset !== undefined) sales.push(saleOf(now, asset, []))
  }
  const gates = new Map<string, Blocked>([...blocked].map((one) => [one.position, one]))
  const found: Opportunity<Sale>[] = []
  for (const sale of sales) {
    const open = openSale(scene, now, sale)
    const gate = config.unproven === 'watch' && !('shut' in open) ? unproven(now) : gateOf(open, sale)
    if (!('shut' in open) && gate === null) found.push(opportunityOf(market, now, sale, open))
    else if (gate !== null) for (const position of told(now, sale)) gates.set(position, { position, ...gate })
  }
  for (const { position, standing } of below)
    if (standing.collateral.length === 0)
      gates.set(position.id, { position: position.id, reason: 'gated', detail: 'it has no collateral to buy' })
  for (const { positions } of found) for (const id of positions) gates.delete(id)
  return [...found, ...gates.values()]
}

function belowTheLine(
  scene: CometScene,
  now: Now,
  candidates: readonly CometPosition[],
): { readonly below: readonly Below[]; readonly blocked: readonly Blocked[] } {
  const below: Below[] = []
  const blocked: Blocked[] = []
  for (const position of candidates.filter(isAccount)) {
    const standing = standingOf(scene, now, position.data)
    if ('missing' in standing)
      blocked.push({ position: position.id, reason: 'feed-reverts', detail: `no price from ${standing.missing}` })
    else if (standing.isLiquidatable && position.owner !== null)
      below.push({ position, owner: position.owner, standing })
  }
  return { below, blocked }
}

/** By what of the asset they bring; by id where they bring the same. */
function mostFirst(below: readonly Below[], asset: Asset): readonly Below[] {
  const has = ({ standing }: Below): bigint => standing.collateral.find((one) => one.asset === asset)?.balance ?? 0n
  return below
    .filter((one) => has(one) > 0n)
    .sort((a, b) => (has(a) === has(b) ? (a.owner < b.owner ? -1 : 1) : has(a) > has(b) ? -1 : 1))
}

function sizes(count: number): readonly number[] {
  const most = Math.min(count, batchMax)
  const found: number[] = []
  for (let size = 1; size < most; size *= 2) found.push(size)
  return most === 0 ? [] : [...found, most]
}

/** Rounded up, so that a profit within it is never taken for bad data. */
function saleOf({ comet }: Now, asset: Asset, accounts: readonly Address[]): Sale {
  const paid = factorScale - discountOf(comet, asset)
  const bonusBps = paid === 0n ? BPS : (factorScale * BPS + paid - 1n) / paid - BPS
  return { asset: asset.asset, accounts, bonusBps }
}

/** The first is whom a sale is told by: an account, or the stock where none is absorbed. */
const positionsOf = ({ comet }: Now, { asset, accounts }: Sale) => [
  ...accounts.map((one) => accountId(comet.comet, one)),
  stockId(comet.comet, asset),
]

/** Of whom a gate is told: the accounts, or the stock where none is absorbed. */
const told = (now: Now, sale: Sale) =>
  sale.accounts.length === 0 ? positionsOf(now, sale) : positionsOf(now, sale).slice(0, -1)

function opportunityOf(market: Market<CometMarket>, now: Now, sale: Sale, { segments }: Open): Opportunity<Sale> {
  const { comet, base } = now.comet
  const [first] = sale.accounts
  const which = first === undefined ? '' : `/${first}+${sale.accounts.length - 1}`
  return {
    id: `${stockId(comet, sale.asset)}${which}`,
    kind: first === undefined ? 'buy' : 'absorb-buy',
    market: market.id,
    positions: positionsOf(now, sale),
    pays: { asset: base, spender: comet },
    gets: [sale.asset],
    capital: 'before',
    feasible: { input: 'baseAmount', segments },
    data: sale,
  }
}

const unproven = ({ comet }: Now): Gate => ({
  reason: 'unproven-revision',
  detail: `the rules of ${comet.comet} were not proven against its contracts: watched only`,
})

/** A stock that is not for sale is nothing to tell of: no position is below a line. */
function gateOf(open: Open | Shut, { accounts }: Sale): Gate | null {
  if (!('shut' in open)) return null
  if (open.shut === 'not-for-sale' && accounts.length === 0) return null
  if (open.shut === 'no-price') return { reason: 'feed-reverts', detail: `no price from ${open.feed}` }
  if (open.shut === 'absorb-paused') return { reason: 'paused', detail: 'absorbing is paused' }
  if (open.shut === 'buy-paused') return { reason: 'paused', detail: 'buying collateral is paused' }
  if (open.shut === 'not-for-sale')
    return { reason: 'not-for-sale', detail: 'reserves would not be below their target' }
  return null
}
