import { KeeperError } from '#core/error.ts'
import { amount } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { type AaveScene, accountData, type Holding } from './account-data.ts'
import { after } from './after.ts'
import type { AaveConfig } from './config.ts'
import { burns, type Case, debtOf, type Liquidation, liquidate, mostRepaid } from './liquidation.ts'
import type { AaveMarket, AavePosition, Account, Pair } from './records.ts'
import { isPool } from './records.ts'

/**
 * What `debtToCover` gives at the scene's timestamp, to the wei, and the account and reserves as the call leaves them.
 * Bad debt is never written off: what collateral does not cover stays with the account.
 * @throws `bad-argument` when the scene does not hold the case, or the pool would revert on the input.
 */
export function terms(
  config: AaveConfig,
  scene: AaveScene,
  opportunity: Opportunity<Pair>,
  input: bigint | null,
): Terms<AaveMarket, Account> {
  const { on, position } = caseOf(config, scene, opportunity)
  if (input === null || input <= 0n) {
    throw new KeeperError('bad-argument', `${opportunity.id} needs a debtToCover above 0: pass one of its segments'`)
  }
  const done = liquidate(on, input)
  if (!burns(on, done)) {
    throw new KeeperError('bad-argument', `${opportunity.id} burns nothing at ${input}: keep to its segments`)
  }
  return {
    repay: amount(done.repay),
    seized: [{ asset: on.collateral.market.data.asset, amount: amount(done.seize) }],
    rewards: [],
    badDebt: amount(0n),
    tags: tagsOf(on, done),
    after: after(scene, position, on, done),
  }
}

/** @throws `bad-argument` when position, pool, reserves or prices are not in the scene. */
function caseOf(
  config: AaveConfig,
  scene: AaveScene,
  opportunity: Opportunity<Pair>,
): { readonly on: Case; readonly position: AavePosition } {
  const absent = (what: string): KeeperError =>
    new KeeperError('bad-argument', `${opportunity.id} has no ${what} in this scene: assess it again`)
  const [id] = opportunity.positions
  const position = id === undefined ? undefined : scene.book.position(id)
  const market = scene.book.market(opportunity.market)
  if (position === undefined || !isPool(market)) throw absent('position')
  const data = accountData(scene, market.data, position.data)
  if ('missing' in data) throw absent(data.missing)
  const of = (reserve: string): Holding | undefined => data.holdings.find((one) => one.market.id === reserve)
  const collateral = of(opportunity.data.collateral)
  const debt = of(opportunity.data.debt)
  if (collateral === undefined || debt === undefined) throw absent('pair')
  return { on: { data, collateral, debt, closeFactorBps: BigInt(config.closeFactorBps) }, position }
}

/** A closed list: `docs/protocols/aave-v2.md`. */
function tagsOf(on: Case, done: Liquidation): readonly string[] {
  return [
    done.repay === debtOf(on.debt) ? 'full' : 'partial',
    ...(!done.isCapped && done.repay === mostRepaid(on) ? ['most'] : []),
    ...(done.isCapped ? ['collateral-capped'] : []),
    ...(done.repay > done.repayVariable ? ['stable-debt'] : []),
    ...(done.repayVariable > 0n && done.repay > done.repayVariable ? ['both-rates'] : []),
    ...(on.collateral.market.id === on.debt.market.id ? ['same-asset'] : []),
  ]
}
