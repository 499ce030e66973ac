import { Wallet } from 'ethers'
import type { Hex } from '#core/address.ts'
import { deployExecutor } from '../../../contracts/deploy-executor.ts'
import { registryFor } from '../../../contracts/registry-for.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { blockOf, type RawBlock, viewOf } from '../../chain/view.ts'
import { allChosen, type Config } from '../../config/config.ts'
import { discover } from '../../config/discover.ts'
import { loadConfig } from '../../config/load-config.ts'
import { type SandboxConfigOptions, sandboxConfig, sandboxEnv } from './sandbox-config.ts'

export type Configured = { readonly config: Config; readonly text: string }

/** The executor on the chain, and the configuration an operator would write for it. */
export async function deployAndConfigure(
  sandbox: Sandbox,
  options: Omit<SandboxConfigOptions, 'executor'>,
): Promise<Configured> {
  const registry = await discover()
  const read = (more: SandboxConfigOptions): Configured => {
    const text = sandboxConfig(sandbox, more)
    return { text, config: loadConfig({ file: null, text, env: sandboxEnv(sandbox), flags: {}, registry }) }
  }
  const draft = read({ ...options, executor: null, dryRun: true }).config
  const raw = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  const view = viewOf(sandbox.rpc, raw.hash as Hex, blockOf(raw))
  const { accounts } = sandbox
  const deployed = await deployExecutor({
    rpc: sandbox.rpc,
    wallet: new Wallet(accounts.deployer.privateKey),
    owner: accounts.owner.address,
    operators: accounts.operators.map(({ address }) => address),
    sink: accounts.sink.address,
    delaySeconds: 86_400,
    wrappedNative: sandbox.addresses.weth,
    registry: await registryFor(view, allChosen(draft)),
    onSent: async () => {
      await sandbox.mine()
    },
  })
  return read({ ...options, executor: deployed.executor })
}
