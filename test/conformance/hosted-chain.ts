import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Played } from '../../sandbox/fixture.ts'
import { privateGround } from '../../sandbox/private-ground.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { testAccount } from '../../sandbox/test-account.ts'

export type HostedChain = { readonly url: string; readonly path: string; readonly stop: () => Promise<void> }

const users = ['a', 'b', 'c', 'd', 'e', 'f']
const named = (label: string) => testAccount(`hosted ${label}`)
const keyOf = (label: string): string => named(label).privateKey

/**
 * A chain as somebody else would offer it: a protocol deployed, accounts with native currency, a bank with tokens, and a
 * file that names their keys. Nobody is impersonated on it.
 */
export async function hostedChain(played: Played): Promise<HostedChain> {
  const sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: [played] })
  const ground = await privateGround(sandbox)
  for (const label of ['liquidator', 'rival', 'bank', ...users])
    await sandbox.rpc.request('anvil_setBalance', [named(label).address, `0x${(10n ** 24n).toString(16)}`])
  for (const { address, decimals } of Object.values(sandbox.addresses.tokens)) {
    // Wrapped ether is made of ether: what the private chain's rich deployer has.
    const units = address === sandbox.addresses.weth ? 10n ** 25n : 10n ** BigInt(decimals + 9)
    await ground.settle(ground.gift(address, named('bank').address, units))
  }
  await sandbox.rpc.request('anvil_autoImpersonateAccount', [false])
  const prices = Object.fromEntries(
    Object.values(sandbox.addresses.tokens).map(({ feed, aggregator }) => [
      feed,
      { from: testAccount('oracle').privateKey, to: aggregator, function: 'submit(uint256,int256)' },
    ]),
  )
  const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-hosted-')), 'addresses.json')
  const file = {
    ...{ liquidator: keyOf('liquidator'), rival: keyOf('rival'), bank: keyOf('bank'), prices },
    ...{ actors: users.map(keyOf), others: [testAccount('deployer').privateKey] },
    deployment: sandbox.protocols[0]?.addresses,
  }
  writeFileSync(
    path,
    JSON.stringify(file, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), 2),
  )
  return { url: sandbox.nodeUrl, path, stop: sandbox.stop }
}
