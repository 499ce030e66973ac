import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { privateGround } from '../../../sandbox/private-ground.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { startSandbox } from '../../../sandbox/start.ts'
import { testAccount } from '../../../sandbox/test-account.ts'
import { conformOutside } from '../../../test/conformance/conform.ts'
import fixture from '../fixture/index.ts'

const labels = ['liquidator', 'rival', 'bank', 'a', 'b', 'c', 'd', 'e', 'f']
const account = (label: string) => testAccount(`outside comet ${label}`)

describe('a Comet on a chain given from outside', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: fixture.deployments.slice(0, 1) })
    // What somebody with a chain of their own would do: native currency for everyone named, tokens for the bank.
    const ground = await privateGround(sandbox)
    for (const label of labels)
      await sandbox.rpc.request('anvil_setBalance', [account(label).address, `0x${(10n ** 24n).toString(16)}`])
    for (const { address, decimals } of Object.values(sandbox.addresses.tokens)) {
      const units = address === sandbox.addresses.weth ? 10n ** 25n : 10n ** BigInt(decimals + 9)
      await ground.settle(ground.gift(address, account('bank').address, units))
    }
    await sandbox.rpc.request('anvil_autoImpersonateAccount', [false])
  })
  afterAll(() => sandbox?.stop())

  it('is played with by the keys and addresses of a file alone', { timeout: 280_000 }, async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'plimsoll-outside-')), 'addresses.json')
    const key = (label: string): string => account(label).privateKey
    const prices = Object.fromEntries(
      Object.values(sandbox.addresses.tokens).map(({ feed, aggregator }) => [
        feed,
        { from: testAccount('oracle').privateKey, to: aggregator, function: 'submit(uint256,int256)' },
      ]),
    )
    writeFileSync(
      path,
      JSON.stringify({
        ...{ liquidator: key('liquidator'), rival: key('rival'), bank: key('bank'), prices },
        actors: ['a', 'b', 'c', 'd', 'e', 'f'].map(key),
        others: [testAccount('deployer').privateKey],
        deployment: sandbox.protocols[0]?.addresses,
      }),
    )
    const rows = await conformOutside('compound-v3', sandbox.nodeUrl, path, {
      ...{ cases: 20, seed: 3, only: ['terms', 'storm: judged', 'storm: book'], say: () => undefined },
    })
    expect(rows.flatMap(({ check, mismatches }) => mismatches.map((text) => `${check}: ${text}`))).toEqual([])
    expect(rows.map(({ notRun }) => notRun)).toEqual([null, null, null])
    expect(rows.filter(({ isCaught, cases }) => !isCaught || cases < 10).map(({ check }) => check)).toEqual([])
  })
})
