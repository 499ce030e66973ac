import type { Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { quoteCollateral } from './quote.ts'
import { type CometMarket, type CometRecord, isStock, type Sale, type StockPosition, stockId } from './records.ts'
import { type Open, openSale } from './sale.ts'
import { type CometScene, nowIn } from './standing.ts'

/**
 * What `baseAmount` buys at the scene's second once the sale's accounts are absorbed, to the wei. Bad debt is what
 * reserves lose by the absorption, in units of base.
 * @throws `bad-argument` when the sale is not open in the scene, or the Comet would refuse the input.
 */
export function terms(
  scene: CometScene,
  opportunity: Opportunity<Sale>,
  input: bigint | null,
): Terms<CometMarket, CometRecord> {
  const now = nowIn(scene, scene.book.market(opportunity.market))
  const open = now === null ? ({ shut: 'gone' } as const) : openSale(scene, now, opportunity.data)
  if ('shut' in open)
    throw new KeeperError('bad-argument', `${opportunity.id} is shut in this scene (${open.shut}): assess it again`)
  const isAccepted = open.segments.some(({ from, to }) => input !== null && from <= input && input <= to)
  if (input === null || !isAccepted)
    throw new KeeperError('bad-argument', `${opportunity.id} reverts at ${input}: keep to its segments`)
  const bought = quoteCollateral(open.quote, input)
  const { absorbed } = open.absorption
  return {
    repay: amount(input),
    seized: [{ asset: open.asset.asset, amount: amount(bought) }],
    rewards: [],
    badDebt: amount(absorbed.reduce((sum, { badDebt }) => sum + badDebt, 0n)),
    tags: tagsOf(open, input),
    moreGas: moreGas(open),
    after: after(scene, open, input, bought),
  }
}

/** Labels: `docs/protocols/compound-v3.md`. */
function tagsOf({ absorption: { absorbed }, segments }: Open, input: bigint): readonly string[] {
  return [
    input === segments.at(-1)?.to ? 'all' : 'part',
    ...(absorbed.length > 0 ? [`absorbs-${absorbed.length}`] : []),
    ...(absorbed.some(({ badDebt }) => badDebt > 0n) ? ['bad-debt'] : []),
  ]
}

const perAccount = 120_000
const perCollateral = 50_000

/** Beyond one account with one collateral. */
function moreGas({ absorption: { absorbed } }: Open): number {
  const held = absorbed.reduce((sum, { standing }) => sum + standing.collateral.length, 0)
  return Math.max(0, absorbed.length - 1) * perAccount + Math.max(0, held - absorbed.length) * perCollateral
}

/** Absorbing stores the accrual; a sale alone moves nothing but tokens. */
function after(
  scene: CometScene,
  { now, stock, asset, absorption, accounts }: Open,
  paid: bigint,
  bought: bigint,
): readonly Patch<CometMarket, CometRecord>[] {
  const stored = scene.book.market(now.totals.id)?.data
  const before = accounts.length > 0 || stored?.kind !== 'totals' ? absorption.totals : stored
  const stocks = new Map([[stock.id, moved(stock, 0n, bought)]])
  for (const [{ asset: seizedAsset }, units] of absorption.seized) {
    const isBought = seizedAsset === asset.asset
    const one = isBought ? stock : scene.book.position(stockId(now.comet.comet, seizedAsset))
    if (isStock(one)) stocks.set(one.id, moved(one, units, isBought ? bought : 0n))
  }
  return [
    { op: 'put-market', market: { ...now.totals, data: { ...before, cash: before.cash + paid } } },
    ...[...stocks.values()].map((position) => ({ op: 'put-position' as const, position })),
    ...accounts.map(({ id }) => ({ op: 'drop-position' as const, id })),
  ]
}

/** What is absorbed was its users' and stays there; what is bought leaves. */
const moved = (stock: StockPosition, absorbed: bigint, bought: bigint): StockPosition => ({
  ...stock,
  data: { ...stock.data, ofUsers: stock.data.ofUsers - absorbed, balance: stock.data.balance - bought },
})
