import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CUTOFF_SECONDS } from '../../sandbox/deploy/oracles.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { command } from '../cli/command.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ aave: ['3.6'], oracle: { WBTC: 'dual' } },
    borrowers: [
      {
        ...{ label: 'auctioned', version: '3.6', emode: 0, health: 1.07 },
        ...{ collateral: [['WBTC', 20_000]], debt: [['USDC', 1]] },
      },
    ],
  })
})
afterAll(async () => sandbox?.stop())

it('the calendar has the second at which a round comes into sight, whom it pushes over and what that is worth', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'cut-off-')), 'plimsoll.yaml')
  writeFileSync(file, sandboxConfig(sandbox, { executor: null, journalPath: `${file}.sqlite`, dryRun: true }))
  await sandbox.movePools({ WBTC: 5_500_000_000_000n })
  await sandbox.transmit('WBTC', 5_500_000_000_000n)
  const { number, timestamp } = await sandbox.mine()
  const { out } = await command(['calendar', '--json', '--config', file], sandboxEnv(sandbox))
  const { entries } = JSON.parse(out) as { entries: Record<string, unknown>[] }
  const entry = entries.find(({ what }) => what === 'cut-off')
  const owner = sandbox.accounts.borrowers[0]?.address
  expect(entry).toMatchObject({
    // Shown once more than the cut-off's seconds have passed; blocks are 12 s apart, so the third block shows it.
    at: timestamp + CUTOFF_SECONDS + 1,
    block: number + 3,
    positions: [expect.stringContaining(String(owner))],
    reason: '',
  })
  expect(BigInt(String(entry?.worth))).toBeGreaterThan(10n ** 15n)
})
