import { Interface } from 'ethers'
import { compoundComptroller, compoundNativeToken, compoundToken, venusLiquidator } from '#abis/compound-v2.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Book, MarketId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { wei } from '#core/numbers.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { type Call, call } from '#core/program.ts'
import { type Account, type Case, type CompoundMarket, type CToken, type Hub, isCToken, isHub } from './records.ts'

const token = new Interface(compoundToken)
const native = new Interface(compoundNativeToken)
const liquidator = new Interface(venusLiquidator)
const comptroller = new Interface(compoundComptroller)

/**
 * Third markets are accrued first; a cToken that answers with an error code instead of reverting has failed.
 * @throws `bad-argument` when the comptroller or a market is not in the book.
 */
export function encode(book: Book<CompoundMarket, Account>, step: Step<Case, CompoundMarket, Account>): Encoded {
  const { id, market, data } = step.opportunity
  const cToken = (of: MarketId | undefined): CToken => {
    const found = of === undefined ? undefined : book.market(of)
    if (!isCToken(found)) throw new KeeperError('bad-argument', `${id} cannot be encoded: ${of} is not in the book`)
    return found.data
  }
  const hub = book.market(market)
  if (!isHub(hub)) throw new KeeperError('bad-argument', `${id} cannot be encoded: ${market} is not in the book`)
  const accrue = token.encodeFunctionData('accrueInterest') as Hex
  const prepare = data.accrue.map((of) => call(cToken(of).cToken, accrue, { answer: 'zero' }))
  const act = actOf(hub.data, step, cToken)
  return { prepare, act: () => act, callback: null, finish: [] }
}

function actOf(
  hub: Hub,
  { opportunity: { id, data }, input }: Step<Case, CompoundMarket, Account>,
  cToken: (of: MarketId | undefined) => CToken,
): Call {
  const { borrower, collaterals, repays, how } = data
  const debt = cToken(data.debt)
  if (how === 'healAccount') return call(hub.comptroller, comptroller.encodeFunctionData(how, [borrower]) as Hex)
  if (how === 'liquidateAccount') {
    const orders = collaterals.map((of, at) => [cToken(of).cToken, debt.cToken, repays[at] ?? 0n])
    return call(hub.comptroller, comptroller.encodeFunctionData(how, [borrower, orders]) as Hex)
  }
  if (input === null)
    throw new KeeperError('bad-argument', `${id} needs a repayAmount above 0: pass one of its segments'`)
  return liquidateBorrow(hub, debt, borrower, input, cToken(collaterals[0]).cToken)
}

function liquidateBorrow(hub: Hub, debt: CToken, borrower: Address, repay: bigint, collateral: Address): Call {
  const isNative = debt.underlying === 'native'
  const value = wei(isNative ? repay : 0n)
  if (hub.liquidator !== null) {
    const data = liquidator.encodeFunctionData('liquidateBorrow', [debt.cToken, borrower, repay, collateral]) as Hex
    return call(hub.liquidator, data, { value })
  }
  if (isNative)
    return call(debt.cToken, native.encodeFunctionData('liquidateBorrow', [borrower, collateral]) as Hex, { value })
  const data = token.encodeFunctionData('liquidateBorrow', [borrower, repay, collateral]) as Hex
  return call(debt.cToken, data, { answer: 'zero' })
}
