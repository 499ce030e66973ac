import type { PositionId } from '#core/book.ts'
import { type Account, indexIn, sumOf, type World } from './linear.ts'

/**
 * Every account below the line, by looking at each: by its doubles where these are clear by a millionth of the terms
 * (they err by less than 1e-14 of them), else by its integers. It shares nothing with the screen.
 */
export function referee(world: World): Referee {
  const units = new Float64Array(world.accounts.length * most)
  const feeds = new Uint8Array(world.accounts.length * most)
  const put = (n: number, account: Account): void => {
    world.accounts[n] = account
    for (let at = 0; at < most; at += 1) {
      units[n * most + at] = Number(account.holdings[at]?.units ?? 0n)
      feeds[n * most + at] = account.holdings[at]?.feed ?? 0
    }
  }
  world.accounts.forEach((account, n) => {
    put(n, account)
  })
  const below = (): ReadonlySet<PositionId> => {
    const index = indexIn(world)
    const growth = Number(index) / 1e9
    const prices = Float64Array.from(world.prices, Number)
    const found = new Set<PositionId>()
    for (let n = 0; n < world.accounts.length; n += 1) {
      let sum = 0
      let gross = 0
      for (let at = n * most; at < (n + 1) * most; at += 1) {
        const held = units[at] as number
        const value = held * (prices[feeds[at] as number] as number) * (held < 0 ? growth : 1)
        sum += value
        gross += Math.abs(value)
      }
      if (sum > gross * 1e-6) continue
      const account = world.accounts[n] as Account
      if (sum < gross * -1e-6 || sumOf(account, world.prices, index) < 0n) found.add(account.id)
    }
    return found
  }
  return { put, below }
}

export type Referee = {
  readonly put: (n: number, account: Account) => void
  readonly below: () => ReadonlySet<PositionId>
}
/** Holdings an account has at most. */
const most = 4
