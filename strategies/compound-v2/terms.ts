import { KeeperError } from '#core/error.ts'
import { amount, WAD } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { mostAccepted } from './accepted.ts'
import { type AccountData, accountData, type CompoundScene, type Held } from './account-data.ts'
import { after, type Done } from './after.ts'
import type { Account, Case, CompoundMarket, CompoundPosition } from './records.ts'
import { pairIn, seizeRatio, splitOf } from './seizure.ts'
import { type Whole, wholeOf } from './small-account.ts'

/**
 * What `repayAmount` gives at the scene's block, to the wei, and the account and markets as the call leaves them.
 * @throws `bad-argument` when the scene does not hold the case, or the protocol would refuse the input.
 */
export function terms(
  scene: CompoundScene,
  opportunity: Opportunity<Case>,
  input: bigint | null,
): Terms<CompoundMarket, Account> {
  const [id] = opportunity.positions
  const position = id === undefined ? undefined : scene.book.position(id)
  if (position === undefined) throw absent(opportunity, 'position')
  const data = accountData(scene, position)
  if ('missing' in data) throw absent(opportunity, data.missing)
  const done = opportunity.data.how === 'liquidateBorrow' ? one(data, opportunity, input) : whole(data, opportunity)
  return termsOf(data, position, opportunity, done)
}

const absent = ({ id }: Opportunity, what: string): KeeperError =>
  new KeeperError('bad-argument', `${id} has no ${what} in this scene: assess it again`)

function heldAs({ held }: AccountData, opportunity: Opportunity<Case>, market: string | undefined): Held {
  const found = held.find((side) => side.market === market)
  if (found === undefined) throw absent(opportunity, `market ${market}`)
  return found
}

function one(data: AccountData, opportunity: Opportunity<Case>, input: bigint | null): Done {
  const { debt: debtId, collaterals, accrue } = opportunity.data
  const debt = heldAs(data, opportunity, debtId)
  const collateral = heldAs(data, opportunity, collaterals[0])
  const pair = pairIn(data, debt, collateral)
  const ratio = seizeRatio(pair)
  if (input === null || input <= 0n || ratio === null || input > mostAccepted(data, debt, collateral, accrue)) {
    throw new KeeperError('bad-argument', `${opportunity.id} is refused at ${input}: keep to its segments`)
  }
  const tokens = (ratio * input) / WAD
  return {
    ...{ debt, repay: input, writtenOff: 0n },
    taken: [{ collateral, tokens, split: splitOf(data.hub, collateral, tokens) }],
    accrued: accrue.map((market) => heldAs(data, opportunity, market)),
  }
}

function whole(data: AccountData, opportunity: Opportunity<Case>): Done {
  const now = wholeOf(data)
  if (now === null || 'reason' in now || !isSame(now, opportunity.data)) throw absent(opportunity, 'such a case')
  const { debt } = now
  const repay = now.how === 'healAccount' ? (now.share * debt.accrued.owed) / WAD : debt.accrued.owed
  const taken =
    now.how === 'healAccount'
      ? now.taken.map((collateral) => ({ collateral, tokens: collateral.tokens }))
      : now.orders.map(({ collateral, seize }) => ({ collateral, tokens: seize }))
  return {
    ...{ debt, repay, writtenOff: debt.accrued.owed - repay },
    taken: taken.map((each) => ({ ...each, split: splitOf(data.hub, each.collateral, each.tokens) })),
    // Healing accrues whatever has been entered, `liquidateAccount` is told to.
    accrued: data.held,
  }
}

const isSame = (now: Whole, { how, repays }: Case): boolean =>
  now.how === how &&
  (now.how === 'healAccount' ||
    (now.orders.length === repays.length && now.orders.every(({ repay }, at) => repay === repays[at])))

function termsOf(
  data: AccountData,
  position: CompoundPosition,
  opportunity: Opportunity<Case>,
  done: Done,
): Terms<CompoundMarket, Account> {
  const { debt, repay, writtenOff, taken } = done
  const { accrue, how, debt: debtId, collaterals } = opportunity.data
  return {
    repay: amount(repay),
    seized: taken.map(({ collateral, split }) => ({
      asset: collateral.of.data.cToken,
      amount: amount(split.liquidator),
    })),
    rewards: [],
    badDebt: amount(writtenOff),
    tags: [
      repay === debt.accrued.owed ? 'full' : 'partial',
      ...(how === 'liquidateBorrow' ? [] : [how === 'healAccount' ? 'heal' : 'whole-account']),
      ...(accrue.length > 0 ? [`accrue-${accrue.length}`] : []),
      ...(how === 'liquidateBorrow' && debt.isForced ? ['forced'] : []),
      ...(collaterals.includes(debtId) ? ['same-asset'] : []),
      ...(writtenOff > 0n ? ['bad-debt'] : []),
    ],
    after: after(data, position, done),
  }
}
