import { Interface } from 'ethers'
import { compoundV3 } from '#abis/compound-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { type AccountPosition, accountId, type Comet, cometId } from './records.ts'

const main = new Interface(compoundV3)
/** Offsets from here on are bits of `_reserved`. */
const reservedFrom = 16n

/** The accounts of those that owe anything, at the view's block: two rounds of calls however many there are. */
export async function readAccounts(
  view: View,
  { comet, assets }: Comet,
  accounts: readonly Address[],
): Promise<readonly AccountPosition[]> {
  const read = async (name: string, asked: readonly (readonly Address[])[]): Promise<readonly Hex[]> => {
    const answers = await view.call(
      asked.map((values) => ({ to: comet, data: main.encodeFunctionData(name, values) as Hex })),
    )
    return answers.map((answer) => answer ?? absent(name))
  }
  const basics = await read(
    'userBasic',
    accounts.map((one) => [one]),
  )
  const owing = basics.flatMap((answer, at) => {
    const basic = main.decodeFunctionResult('userBasic', answer)
    const principal = basic.principal as bigint
    const flags = (basic.assetsIn as bigint) | ((basic.reserved as bigint) << reservedFrom)
    const account = accounts[at]
    return principal < 0n && account !== undefined ? [{ account, principal: -principal, flags }] : []
  })
  const rows = owing.flatMap(({ account, flags }) =>
    assets
      .filter(({ offset }) => ((flags >> BigInt(offset)) & 1n) === 1n)
      .map(({ asset, offset }) => ({ account, asset, offset })),
  )
  const balances = await read(
    'userCollateral',
    rows.map(({ account, asset }) => [account, asset]),
  )
  const held = rows.map(({ account, offset }, at) => ({
    account,
    offset,
    balance: main.decodeFunctionResult('userCollateral', balances[at] ?? absent('userCollateral'))[0] as bigint,
  }))
  return owing.map(({ account, principal }) => ({
    id: accountId(comet, account),
    market: cometId(comet),
    owner: account,
    data: {
      kind: 'account',
      principal,
      collateral: held
        .filter((one) => one.account === account)
        .map(({ offset, balance }) => ({ offset, balance }))
        .sort((a, b) => a.offset - b.offset),
    },
  }))
}

function absent(what: string): never {
  throw new KeeperError('bad-answer', `the node gave no ${what}: the Comet may be another than was read`, {
    retryable: true,
  })
}
