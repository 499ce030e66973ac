import { Interface } from 'ethers'
import { aaveV2Pool, aaveV2Token } from '#abis/aave-v2.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { filled } from './read-reserves.ts'
import {
  type AavePosition,
  accountId,
  type Balance,
  borrowsAny,
  isBorrowing,
  isCollateral,
  type Pool,
  type Reserve,
} from './records.ts'

const pool = new Interface(aaveV2Pool)
const token = new Interface(aaveV2Token)

type Row = { readonly user: Address; readonly config: bigint; readonly reserve: Reserve }

/**
 * The accounts of users that are marked as borrowers, at the view's block: two rounds of calls however many users.
 * The balances of users without debt are never read.
 */
export async function readAccounts(
  view: View,
  market: Market<Pool>,
  reserves: readonly Market<Reserve>[],
  users: readonly Address[],
): Promise<readonly AavePosition[]> {
  const to = market.data.pool
  const flags = await view.call(
    users.map((user) => ({ to, data: pool.encodeFunctionData('getUserConfiguration', [user]) as Hex })),
  )
  const owing = users.flatMap((user, at) => {
    const config = number(flags[at], 'getUserConfiguration')
    return borrowsAny(config) ? [{ user, config }] : []
  })
  const bySlot = [...reserves].sort((a, b) => a.data.slot - b.data.slot)
  const rows = owing.flatMap(({ user, config }) =>
    bySlot
      .filter(({ data }) => isBorrowing(config, data.slot) || isCollateral(config, data.slot))
      .map(({ data }): Row => ({ user, config, reserve: data })),
  )
  const balances = await readBalances(view, rows)
  return owing.map(({ user, config }) => ({
    id: accountId(to, user),
    market: market.id,
    owner: user,
    data: { config, balances: balances.filter((_, row) => rows[row]?.user === user) },
  }))
}

/** A stable debt's rate and second are asked for wherever anything is borrowed, so that no third round is needed. */
async function readBalances(view: View, rows: readonly Row[]): Promise<readonly Balance[]> {
  const asked: Read[] = []
  const places = rows.map(({ user, config, reserve }) => {
    const ask = (to: Address, name: string): number =>
      asked.push({ to, data: token.encodeFunctionData(name, [user]) as Hex }) - 1
    const owes = isBorrowing(config, reserve.slot)
    const stable = ['principalBalanceOf', 'getUserStableRate', 'getUserLastUpdated']
    return {
      supply: isCollateral(config, reserve.slot) ? ask(reserve.aToken, 'scaledBalanceOf') : null,
      debt: owes ? ask(reserve.variableDebtToken, 'scaledBalanceOf') : null,
      stable: owes ? stable.map((name) => ask(reserve.stableDebtToken, name)) : [],
    }
  })
  const answers = await view.call(asked)
  const at = (place: number | null | undefined): bigint =>
    place === null || place === undefined ? 0n : number(answers[place], 'balance')
  return rows.map(({ reserve }, row) => {
    const place = places[row]
    const [principal = 0n, rate = 0n, since = 0n] = (place?.stable ?? []).map(at)
    return {
      slot: reserve.slot,
      supply: at(place?.supply),
      debt: at(place?.debt),
      stable: principal === 0n ? null : { principal, rate, since: Number(since) },
    }
  })
}

function number(answer: Hex | null | undefined, what: string): bigint {
  if (!filled(answer))
    throw new KeeperError('bad-answer', `the node gave no ${what}: the pool may be another than was read`, {
      retryable: true,
    })
  return BigInt(answer)
}
