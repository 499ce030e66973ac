import { Interface } from 'ethers'
import { morphoBlue } from '#abis/morpho-blue.ts'
import type { Address, Hex } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import { callData } from '#core/call-data.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { isLong, wordIn } from './read-markets.ts'
import { type BluePosition, borrowerOfLoan, isEmpty, marketOfLoan } from './records.ts'

const morphoInterface = new Interface(morphoBlue)
const positionCall = morphoInterface.getFunction('position')?.selector as Hex
const isAuthorized = morphoInterface.getFunction('isAuthorized')?.selector as Hex

/** A loan to read, with the contracts whose authorisation by its owner is asked for. */
export type WantedLoan = { readonly id: PositionId; readonly asks: readonly Address[] }

/** Loans as they stand at the view's block, in one round of calls; those in which nothing is left are left out. */
export async function readLoans(
  view: View,
  { morpho: to }: BlueConfig,
  wanted: readonly WantedLoan[],
): Promise<readonly BluePosition[]> {
  const answers = await view.call(
    wanted.flatMap(({ id, asks }): Read[] => [
      { to, data: callData(positionCall, marketOfLoan(id) as string as Hex, borrowerOfLoan(id)) },
      ...asks.map((contract) => ({ to, data: callData(isAuthorized, borrowerOfLoan(id), contract) })),
    ]),
  )
  let at = 0
  return wanted.flatMap(({ id, asks }): BluePosition[] => {
    const own = answers.slice(at, at + 1 + asks.length)
    at += 1 + asks.length
    const [state, ...allowed] = own
    if (!isLong(state, 3))
      throw new KeeperError('bad-answer', `${to} tells no position ${id}: is it Morpho Blue?`, { retryable: true })
    const allows = asks.filter((_, index) => {
      const answer = allowed[index]
      return isLong(answer, 1) && wordIn(answer, 0) === 1n
    })
    const data = { borrowShares: wordIn(state, 1), collateral: wordIn(state, 2), allows }
    return isEmpty(data) ? [] : [{ id, market: marketOfLoan(id), owner: borrowerOfLoan(id), data }]
  })
}
