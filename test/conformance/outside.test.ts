import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import { readOutsideFile } from '../../sandbox/outside-ground.ts'
import { privateGround } from '../../sandbox/private-ground.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import aave from '../../strategies/aave-v3/fixture/index.ts'
import { conformOutside } from './conform.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: aave.deployments.slice(1) })
})
afterAll(async () => sandbox?.stop())

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-outside-'))
const write = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const keyOf = (label: string): string => testAccount(`outside ${label}`).privateKey
const actors = ['a', 'b', 'c', 'd', 'e', 'f'].map(keyOf)

/** Native currency for everyone named, and tokens for the bank: what somebody with a chain of their own would do. */
async function furnish(): Promise<void> {
  const ground = await privateGround(sandbox)
  const labels = ['liquidator', 'rival', 'bank', 'a', 'b', 'c', 'd', 'e', 'f']
  for (const label of labels)
    await sandbox.rpc.request('anvil_setBalance', [
      testAccount(`outside ${label}`).address,
      `0x${(10n ** 24n).toString(16)}`,
    ])
  for (const { address, decimals } of Object.values(sandbox.addresses.tokens)) {
    // Wrapped ether is made of ether: what the private chain's rich deployer has.
    const units = address === sandbox.addresses.weth ? 10n ** 25n : 10n ** BigInt(decimals + 9)
    await ground.settle(ground.gift(address, testAccount('outside bank').address, units))
  }
  await sandbox.rpc.request('anvil_autoImpersonateAccount', [false])
}

describe('a chain given from outside', () => {
  it('is played with by the keys of a file alone, and every check runs where the chain allows it', {
    timeout: 240_000,
  }, async () => {
    await furnish()
    const prices = Object.fromEntries(
      Object.values(sandbox.addresses.tokens).map(({ feed, aggregator }): [Address, object] => [
        feed,
        { from: testAccount('oracle').privateKey, to: aggregator, function: 'submit(uint256,int256)' },
      ]),
    )
    const path = write('addresses.json', {
      ...{ liquidator: keyOf('liquidator'), rival: keyOf('rival'), bank: keyOf('bank'), actors, prices },
      others: [testAccount('deployer').privateKey],
      deployment: sandbox.protocols[0]?.addresses,
    })
    const rows = await conformOutside('aave-v3', sandbox.nodeUrl, path, {
      ...{ cases: 20, seed: 3, only: [], say: () => undefined },
    })
    expect(rows.flatMap(({ check, mismatches }) => mismatches.map((text) => `${check}: ${text}`))).toEqual([])
    expect(rows.filter(({ notRun }) => notRun !== null)).toEqual([])
    const weak = rows.filter(({ isCaught, cases }) => !isCaught || cases < 10)
    expect(weak.map(({ check, cases, isCaught }) => ({ check, cases, isCaught }))).toEqual([])
  })

  it('whose file is wrong is told what is wrong, and never a key', () => {
    expect(() => readOutsideFile(write('a.json', 'not json'))).toThrow(/cannot be read as JSON/)
    const secret = `${keyOf('a').slice(0, -2)}zz`
    const path = write('b.json', {
      liquidator: secret,
      rival: 'env:NOWHERE',
      bank: keyOf('a'),
      actors: [],
      deployment: {},
    })
    expect(() => readOutsideFile(path)).toThrow(/liquidator: a key is no private key.*rival: env:NOWHERE.*actors/s)
    expect(() => readOutsideFile(path)).not.toThrow(new RegExp(secret))
  })
})
