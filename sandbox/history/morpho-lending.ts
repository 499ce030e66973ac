import { Interface } from 'ethers'
import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { doing, idOf, type Params } from '../../strategies/morpho-blue/fixture/calls.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Call } from '../signer.ts'
import { testAccount } from '../test-account.ts'
import type { Lending } from './lending.ts'
import { type Loan, tokensOf, unitsOf } from './loan.ts'
import { approveCall, mintCall } from './purse.ts'

const reads = new Interface([
  'function position(bytes32 id, address user) view returns (uint256, uint128 shares, uint128 collateral)',
  'function market(bytes32 id) view returns (uint128, uint128, uint128 assets, uint128 shares, uint128, uint128)',
])
/** Whose money is lent. */
export const morphoLender = testAccount('history lender')

export function morphoLending(sandbox: Sandbox): Lending {
  const { morpho } = sandbox.addresses
  const call = (who: Loan['account'], name: string, market: Params, rest: readonly unknown[]): Call => {
    const { to, data } = doing(who.address, morpho, name, market, rest)
    return { to, data, gas: 500_000n }
  }
  const ask = async (name: string, args: readonly unknown[], state: string) =>
    reads.decodeFunctionResult(
      name,
      (await sandbox.rpc.request('eth_call', [
        { to: morpho, data: reads.encodeFunctionData(name, args) },
        state,
      ])) as Hex,
    )
  /** In smallest units; what is owed without the interest since it was last counted. */
  const standing = async ({ market, account }: Loan, state: string) => {
    const id = idOf(marketOf(sandbox, market))
    const [own, all] = await Promise.all([ask('position', [id, account.address], state), ask('market', [id], state)])
    const [shares, collateral] = [BigInt(own.shares), BigInt(own.collateral)]
    return { shares, collateral, owed: (shares * (BigInt(all.assets) + 1n)) / (BigInt(all.shares) + 10n ** 6n) }
  }
  const put = ({ account, collateral, market }: Loan, units: bigint): readonly Call[] => [
    mintCall(sandbox, collateral, account.address, units),
    approveCall(sandbox, collateral, morpho, units),
    call(account, 'supplyCollateral', marketOf(sandbox, market), [units, account.address, '0x']),
  ]
  const pay = ({ account, debt, market }: Loan, minted: bigint, assets: bigint, shares: bigint): readonly Call[] => [
    mintCall(sandbox, debt, account.address, minted),
    ...(debt === 'USDT' ? [approveCall(sandbox, debt, morpho, 0n)] : []),
    approveCall(sandbox, debt, morpho, minted),
    call(account, 'repay', marketOf(sandbox, market), [assets, shares, account.address, '0x']),
  ]
  const liquidation = (loan: Loan, seized: bigint, shares: bigint): Call => ({
    ...call(loan.account, 'liquidate', marketOf(sandbox, loan.market), [loan.account.address, seized, shares, '0x']),
    gas: 800_000n,
  })
  return {
    spender: morpho,
    holding: async (loan, state) => {
      const { collateral, owed } = await standing(loan, state)
      return { collateral: tokensOf(loan.collateral, collateral), debt: tokensOf(loan.debt, owed) }
    },
    open: (loan, { collateral, debt }) => {
      const { address } = loan.account
      const borrowed = [unitsOf(loan.debt, debt), 0, address, address]
      return [
        ...put(loan, unitsOf(loan.collateral, collateral)),
        call(loan.account, 'borrow', marketOf(sandbox, loan.market), borrowed),
      ]
    },
    topUp: (loan, amount) => put(loan, unitsOf(loan.collateral, amount)),
    repay: (loan, amount) => pay(loan, unitsOf(loan.debt, amount), unitsOf(loan.debt, amount), 0n),
    close: async (loan) => {
      const { shares, collateral, owed } = await standing(loan, 'latest')
      const { address } = loan.account
      return [
        ...pay(loan, (owed * 101n) / 100n + 10n, 0n, shares),
        call(loan.account, 'withdrawCollateral', marketOf(sandbox, loan.market), [collateral, address, address]),
      ]
    },
    // Morpho has no view of it: a liquidation of one share says it.
    isUnder: async (loan) => {
      const { to, data } = liquidation(loan, 0n, 1n)
      const from = testAccount('rival swift').address
      return sandbox.rpc.request('eth_call', [{ from, to, data }, 'pending']).then(
        () => true,
        () => false,
      )
    },
    liquidate: async (loan, close, holding) => {
      const { shares, collateral } = await standing(loan, 'pending')
      if (shares === 0n) return []
      const ways = [{ call: liquidation(loan, 0n, close === 'full' ? shares : shares / 2n), gas: 180_000 }]
      // Where it no longer covers the debt: all of it.
      if (close === 'full') ways.push({ call: liquidation(loan, collateral, 0n), gas: 200_000 })
      return ways.map((way) => ({ ...way, repays: holding.debt * (close === 'full' ? 1 : 0.5) }))
    },
  }
}

/** @throws `not-found` where the sandbox was started without Morpho's fixture. */
export function marketOf(sandbox: Sandbox, at: number): Params {
  const blue = sandbox.protocols.find(({ strategy }) => strategy === 'morpho-blue')?.addresses
  const market = (blue as { readonly markets: readonly Params[] } | undefined)?.markets[at]
  if (market === undefined) throw new KeeperError('not-found', `Morpho has no market ${at} here: bring its fixture`)
  return market
}
