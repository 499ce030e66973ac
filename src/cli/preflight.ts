import type { Address } from '#core/address.ts'
import { type ErrorCode, KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import type { Rpc } from '../chain/rpc.ts'
import { viewAt } from '../chain/view.ts'
import type { Config } from '../config/config.ts'
import { chainCheck } from './chain-checks.ts'
import type { Check } from './check.ts'
import { contractChecks } from './contract-checks.ts'
import { executorChecks } from './executor-checks.ts'

/**
 * What the file cannot know and the chain can: its id; that every address is a contract; the executor's code, sink, operators and registry. A dry run
 * needs no executor; one that is named is looked at all the same.
 * @throws `chain-mismatch`, `executor-mismatch` with the line and what to do; `rpc-unreachable`, `rpc-refused`.
 */
export async function preflight(rpc: Rpc, config: Config, operators: readonly Address[]): Promise<void> {
  insist([await chainCheck(rpc, config)], 'chain-mismatch')
  insist(await contractChecks(rpc, config), 'chain-mismatch')
  if (config.executor !== null) insist(await checkExecutor(rpc, config, operators), 'executor-mismatch')
}

/** The executor against the configuration. @throws `executor-mismatch` where there is none at the address. */
export async function checkExecutor(
  rpc: Rpc,
  config: Config,
  operators: readonly Address[],
): Promise<readonly Check[]> {
  if (config.executor === null) return []
  const registry = await registryFor(await latestView(rpc), [...config.protocols, ...config.venues, ...config.flash])
  const state = await readExecutor(rpc, config.executor.address, { operators, registry })
  return executorChecks(state, config, operators)
}

export async function latestView(rpc: Rpc): Promise<View> {
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly hash: `0x${string}` }
  return viewAt(rpc, head.hash)
}

function insist(checks: readonly Check[], code: ErrorCode): void {
  const failed = checks.filter(({ state }) => state === 'failure')
  if (failed.length > 0) throw new KeeperError(code, failed.map(({ found, todo }) => `${found}: ${todo}`).join('\n'))
}
