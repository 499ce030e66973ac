import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../../sandbox/start.ts'
import { openRpc } from '../../chain/open-rpc.ts'
import type { Rpc } from '../../chain/rpc.ts'
import type { Config } from '../../config/config.ts'
import { deployAndConfigure } from './deploy-and-configure.ts'
import { families } from './families.ts'

/** The demo's private chain before its crash, for a verb that only looks: `use` is given it, then it is gone. */
export async function withSandbox<T>(
  { seed, say }: { readonly seed: number; readonly say: (text: string) => void },
  use: (rpc: Rpc, config: Config) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-stress-'))
  const sandbox = await startSandbox({
    seed,
    borrowers: 'full',
    protocols: await families(),
    onProgress: (message, done, total) => say(`chain ${done}/${total}: ${message}`),
  })
  try {
    const { config } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite') })
    return await use(openRpc(config.chain.rpc), config)
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
