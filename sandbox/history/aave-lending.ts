import { Interface } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import type { AaveVersion } from '../deploy/aave.ts'
import type { TokenSymbol } from '../market-data.ts'
import type { Sandbox } from '../sandbox.ts'
import type { Call } from '../signer.ts'
import type { Lending } from './lending.ts'
import { type Loan, tokensOf, unitsOf } from './loan.ts'
import { approveCall, mintCall } from './purse.ts'

const pool = new Interface([
  'function setUserEMode(uint8)',
  'function supply(address asset, uint256 units, address onBehalfOf, uint16)',
  'function withdraw(address asset, uint256 units, address to)',
  'function borrow(address asset, uint256 units, uint256 rateMode, uint16, address onBehalfOf)',
  'function repay(address asset, uint256 units, uint256 rateMode, address onBehalfOf)',
  'function liquidationCall(address collateral, address debt, address user, uint256 cover, bool receiveAToken)',
  'function getUserAccountData(address) view returns (uint256, uint256, uint256, uint256, uint256, uint256 health)',
])
const data = new Interface([
  'function getUserReserveData(address asset, address user) view returns (uint256 supplied, uint256, uint256 owed, uint256, uint256, uint256, uint256, uint40, bool)',
])
const VARIABLE = 2
const MOST = 2n ** 256n - 1n
const WAD = 10n ** 18n

export function aaveLending(sandbox: Sandbox, version: AaveVersion): Lending {
  const { tokens, aave } = sandbox.addresses
  const at = aave[version]
  const call = (name: string, args: readonly unknown[], gas = 600_000n): Call => ({
    ...{ to: at.pool, data: pool.encodeFunctionData(name, args) as Hex, gas },
  })
  const ask = async (to: Address, abi: Interface, name: string, args: readonly unknown[], state: string) =>
    abi.decodeFunctionResult(
      name,
      (await sandbox.rpc.request('eth_call', [{ to, data: abi.encodeFunctionData(name, args) }, state])) as Hex,
    )
  const reserve = async ({ account }: Loan, symbol: TokenSymbol, state: string) => {
    const asked = [tokens[symbol].address, account.address]
    const answer = await ask(at.dataProvider, data, 'getUserReserveData', asked, state)
    return { supplied: BigInt(answer.supplied), owed: BigInt(answer.owed) }
  }
  const put = ({ account, collateral }: Loan, units: bigint): readonly Call[] => [
    mintCall(sandbox, collateral, account.address, units),
    approveCall(sandbox, collateral, at.pool, units),
    call('supply', [tokens[collateral].address, units, account.address, 0]),
  ]
  /** Nobody pays more than is owed; what is allowed and not taken is used up by the next one. */
  const pay = ({ account, debt }: Loan, units: bigint): readonly Call[] => [
    mintCall(sandbox, debt, account.address, units),
    ...(debt === 'USDT' ? [approveCall(sandbox, debt, at.pool, 0n)] : []),
    approveCall(sandbox, debt, at.pool, units),
    call('repay', [tokens[debt].address, units, VARIABLE, account.address]),
  ]
  const holding: Lending['holding'] = async (loan, state) => {
    const [{ supplied }, { owed }] = await Promise.all([
      reserve(loan, loan.collateral, state),
      reserve(loan, loan.debt, state),
    ])
    return { collateral: tokensOf(loan.collateral, supplied), debt: tokensOf(loan.debt, owed) }
  }
  return {
    spender: at.pool,
    holding,
    open: (loan, { collateral, debt }) => [
      ...(loan.emode > 0 ? [call('setUserEMode', [loan.emode])] : []),
      ...put(loan, unitsOf(loan.collateral, collateral)),
      call('borrow', [tokens[loan.debt].address, unitsOf(loan.debt, debt), VARIABLE, 0, loan.account.address]),
    ],
    topUp: (loan, amount) => put(loan, unitsOf(loan.collateral, amount)),
    repay: (loan, amount) => pay(loan, unitsOf(loan.debt, amount)),
    close: async (loan, { debt }) => [
      ...pay(loan, unitsOf(loan.debt, debt * 1.001)),
      call('withdraw', [tokens[loan.collateral].address, MOST, loan.account.address]),
    ],
    isUnder: async ({ account }) =>
      BigInt((await ask(at.pool, pool, 'getUserAccountData', [account.address], 'pending')).health) < WAD,
    liquidate: async (loan, close, { debt }) => {
      const assets = [tokens[loan.collateral].address, tokens[loan.debt].address, loan.account.address]
      // The pool takes what it lets: half, or all.
      const cover = close === 'full' ? MOST : unitsOf(loan.debt, debt / 2)
      const gas = version === '3.0' ? 370_000 : 330_000
      return [{ call: call('liquidationCall', [...assets, cover, false], 1_200_000n), repays: debt / 2, gas }]
    },
  }
}
