import type { Address } from '#core/address.ts'
import { type ErrorCode, KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import type { DataFees } from '../../contracts/compile-executor.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import type { Rpc } from '../chain/rpc.ts'
import { viewAt } from '../chain/view.ts'
import { allChosen, type Config } from '../config/config.ts'
import { chainCheck } from './chain-checks.ts'
import { type Check, failure, ok } from './check.ts'
import { contractChecks } from './contract-checks.ts'
import { dataFeesOf } from './data-fees.ts'
import { executorChecks } from './executor-checks.ts'

/**
 * What the file cannot know and the chain can: its id; that every address is a contract; the executor's code, sink,
 * operators, what it must have registered, and data fees; `warn` is told what may wait. A dry run needs no executor;
 * one that is named is looked at all the same.
 * @throws `chain-mismatch`, `executor-mismatch` with the line and what to do; `rpc-unreachable`, `rpc-refused`.
 */
export async function preflight(
  rpc: Rpc,
  config: Config,
  operators: readonly Address[],
  isNeeded: (check: Check) => boolean = () => true,
  warn: (text: string) => void = () => undefined,
): Promise<void> {
  insist([await chainCheck(rpc, config)], 'chain-mismatch')
  insist((await contractChecks(rpc, config)).filter(isNeeded), 'chain-mismatch')
  if (config.executor === null) return
  const checks = (await checkExecutor(rpc, config, operators)).filter(isNeeded)
  insist(checks, 'executor-mismatch')
  for (const { state, found, todo } of checks) if (state === 'warning') warn(`${found}: ${todo}`)
}

/** The executor against the configuration. @throws `executor-mismatch` where there is none at the address. */
export async function checkExecutor(
  rpc: Rpc,
  config: Config,
  operators: readonly Address[],
): Promise<readonly Check[]> {
  if (config.executor === null) return []
  const registry = await registryFor(await latestView(rpc), allChosen(config))
  const state = await readExecutor(rpc, config.executor.address, { operators, registry })
  return [...executorChecks(state, config, operators), dataFeesCheck(state.dataFees, await dataFeesOf(rpc))]
}

/** Gas alone is not the cost on a rollup: an executor that does not count the rest would call a loss a profit. */
function dataFeesCheck(counted: DataFees | null, taken: DataFees): Check {
  const name = 'executor data fees'
  if (counted === taken) return ok(name, taken === 'none' ? 'the chain takes none' : `counted (${taken})`)
  const found = `the chain takes data fees (${taken}), the executor counts ${counted ?? 'unknown ones'}`
  return failure(name, found, 'run `plimsoll deploy` on this chain, and write what it prints')
}

export async function latestView(rpc: Rpc): Promise<View> {
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { readonly hash: `0x${string}` }
  return viewAt(rpc, head.hash)
}

function insist(checks: readonly Check[], code: ErrorCode): void {
  const failed = checks.filter(({ state }) => state === 'failure')
  if (failed.length > 0) throw new KeeperError(code, failed.map(({ found, todo }) => `${found}: ${todo}`).join('\n'))
}
