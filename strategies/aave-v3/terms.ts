import type { Patch } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { amount } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { type AaveScene, accountData, type Holding } from './account-data.ts'
import { after } from './after.ts'
import { type Case, type Liquidation, liquidate, mostRepaid, refusal, takesAll } from './liquidation.ts'
import type { AaveMarket, AavePosition, Account, Pair } from './records.ts'
import { isPool } from './records.ts'

/**
 * What `debtToCover` gives at the scene's timestamp, to the wei, and the account and reserves as the call leaves them.
 * @throws `bad-argument` when the scene does not hold the case, or the pool would revert on the input.
 */
export function terms(
  scene: AaveScene,
  opportunity: Opportunity<Pair>,
  input: bigint | null,
): Terms<AaveMarket, Account> {
  const { on, position } = caseOf(scene, opportunity)
  if (input === null || input <= 0n) {
    throw new KeeperError('bad-argument', `${opportunity.id} needs a debtToCover above 0: pass one of its segments'`)
  }
  const done = liquidate(on, input)
  const refused = refusal(on, done)
  if (refused !== null) {
    throw new KeeperError('bad-argument', `${opportunity.id} reverts at ${input} (${refused}): keep to its segments`)
  }
  const patches: readonly Patch<AaveMarket, Account>[] = after(scene, position, on, done)
  return {
    repay: amount(done.repay),
    seized: [{ asset: on.collateral.market.data.asset, amount: amount(done.seize) }],
    rewards: [],
    badDebt: amount(writesOff(on, done) ? on.debt.debt - done.repay : 0n),
    tags: tagsOf(on, done),
    after: patches,
  }
}

/** @throws `bad-argument` when position, pool, reserves or prices are not in the scene. */
export function caseOf(
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
  return { on: { data, collateral, debt }, position }
}

const writesOff = ({ data }: Case, done: Liquidation): boolean =>
  data.rounding.writesOffBadDebt && done.leavesNoCollateral

/** A closed list: `docs/protocols/aave-v3.md`. */
function tagsOf(on: Case, done: Liquidation): readonly string[] {
  const { data, collateral, debt } = on
  const isFull = done.repay === debt.debt
  const most = mostRepaid(on)
  const owesMore = writesOff(on, done) && (!isFull || data.holdings.some((one) => one !== debt && one.debt > 0n))
  const closeFactor = most < debt.debt ? 'close-factor-50' : 'close-factor-100'
  return [
    isFull ? 'full' : 'partial',
    closeFactor,
    ...(done.isCapped ? ['collateral-capped'] : []),
    ...(isFull && isForcedWhole(on) ? ['full-dust'] : []),
    ...(collateral.inEMode ? ['e-mode'] : []),
    ...(collateral.market.id === debt.market.id ? ['same-asset'] : []),
    ...(owesMore ? ['bad-debt'] : []),
  ]
}

/** One unit less would leave dust. */
function isForcedWhole(on: Case): boolean {
  const less = liquidate(on, on.debt.debt - 1n)
  return !takesAll(on, less) && refusal(on, less) === 'leaves-dust'
}
