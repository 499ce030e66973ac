import { Interface } from 'ethers'
import { aaveV3Pool, aaveV3Token } from '#abis/aave-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import {
  type AavePosition,
  accountId,
  type Balance,
  borrowsAny,
  isBorrowing,
  isCollateral,
  type Pool,
  type Reserve,
  type StableDebt,
} from './records.ts'

const pool = new Interface(aaveV3Pool)
const token = new Interface(aaveV3Token)

type Row = { readonly user: number; readonly reserve: Reserve }

/**
 * The accounts of users that owe anything, at the view's block: two rounds of calls however many users, a third where
 * one has stable debt. The balances of users without debt are never read.
 */
export async function readAccounts(
  view: View,
  market: Market<Pool>,
  reserves: readonly Market<Reserve>[],
  users: readonly Address[],
): Promise<readonly AavePosition[]> {
  const to = market.data.pool
  const flags = await view.call(
    users.flatMap((user): Read[] => [
      { to, data: pool.encodeFunctionData('getUserConfiguration', [user]) as Hex },
      { to, data: pool.encodeFunctionData('getUserEMode', [user]) as Hex },
    ]),
  )
  const owing = users.flatMap((user, at) => {
    const config = number(flags[at * 2], 'getUserConfiguration')
    return borrowsAny(config) ? [{ user, config, emode: Number(number(flags[at * 2 + 1], 'getUserEMode')) }] : []
  })
  const rows = owing.flatMap(({ config }, user) =>
    reserves
      .filter(({ data }) => isBorrowing(config, data.slot) || isCollateral(config, data.slot))
      .map(({ data }): Row => ({ user, reserve: data }))
      .sort((a, b) => a.reserve.slot - b.reserve.slot),
  )
  const userOf = (row: Row): Address => owing[row.user]?.user ?? absent('user')
  const balances = await readBalances(view, rows, userOf, (row) => owing[row.user]?.config ?? 0n)
  return owing.map(({ user, config, emode }, at) => ({
    id: accountId(to, user),
    market: market.id,
    owner: user,
    data: { emode, config, balances: balances.filter((_, row) => rows[row]?.user === at) },
  }))
}

async function readBalances(
  view: View,
  rows: readonly Row[],
  userOf: (row: Row) => Address,
  configOf: (row: Row) => bigint,
): Promise<readonly Balance[]> {
  const asked: Read[] = []
  const ask = (to: Address, name: string, user: Address): number =>
    asked.push({ to, data: token.encodeFunctionData(name, [user]) as Hex }) - 1
  const places = rows.map((row) => {
    const { slot, aToken, variableDebtToken, stableDebtToken } = row.reserve
    const owes = isBorrowing(configOf(row), slot)
    return {
      supply: isCollateral(configOf(row), slot) ? ask(aToken, 'scaledBalanceOf', userOf(row)) : null,
      debt: owes ? ask(variableDebtToken, 'scaledBalanceOf', userOf(row)) : null,
      stable: owes && stableDebtToken !== null ? ask(stableDebtToken, 'principalBalanceOf', userOf(row)) : null,
    }
  })
  const answers = await view.call(asked)
  const at = (place: number | null): bigint => (place === null ? 0n : number(answers[place], 'a balance'))
  const stables = await readStableDebts(
    view,
    rows.map((row, index) => {
      const place = places[index]?.stable ?? null
      const answer = place === null ? null : (answers[place] ?? null)
      return { token: row.reserve.stableDebtToken, user: userOf(row), principal: answer === null ? 0n : BigInt(answer) }
    }),
  )
  return rows.map(({ reserve }, index) => ({
    slot: reserve.slot,
    supply: at(places[index]?.supply ?? null),
    debt: at(places[index]?.debt ?? null),
    stable: stables[index] ?? null,
  }))
}

type StableRow = { readonly token: Address | null; readonly user: Address; readonly principal: bigint }

async function readStableDebts(view: View, rows: readonly StableRow[]): Promise<readonly (StableDebt | null)[]> {
  if (rows.every(({ principal }) => principal === 0n)) return rows.map(() => null)
  const found: (StableDebt | null)[] = []
  for (const { token: to, user, principal } of rows) {
    if (principal === 0n || to === null) {
      found.push(null)
      continue
    }
    const [rate, since] = await view.call([
      { to, data: token.encodeFunctionData('getUserStableRate', [user]) as Hex },
      { to, data: token.encodeFunctionData('getUserLastUpdated', [user]) as Hex },
    ])
    found.push({ principal, rate: number(rate, 'a stable rate'), since: Number(number(since, 'a stable debt')) })
  }
  return found
}

function number(answer: Hex | null | undefined, what: string): bigint {
  if (answer === null || answer === undefined || answer === '0x') return absent(what)
  return BigInt(answer)
}

function absent(what: string): never {
  throw new KeeperError('bad-answer', `the node gave no ${what}: the pool may be another than was read`, {
    retryable: true,
  })
}
