import type { Command } from 'commander'
import { type Address, checksummed } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { openDatabase } from '../journal/open-database.ts'
import { openKeys } from '../keys/open-keys.ts'
import { chainCheck, nodeChecks } from './chain-checks.ts'
import { type Check, failure, ok, warning } from './check.ts'
import { configOptions, type Loaded, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { contractChecks } from './contract-checks.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { marketChecks } from './market-checks.ts'
import { checkExecutor } from './preflight.ts'
import { etherText, table } from './table.ts'
import { unservedTable } from './unserved-table.ts'

const help = `
Looks at everything a live run needs and says what to do about what is missing: the node's features and chain, keys and
their balances, the executor's code, owner, operators, sink and registry, feeds and pools, the journal, the guards; and what
is on the chain and not served: tokens without a way out or a lender, markets that are not followed.
Ends with 4 when anything fails.

Examples:
  plimsoll doctor
  plimsoll doctor --quick            without reading feeds and pools
  plimsoll doctor --json | jq '.[] | select(.state != "ok")'
  plimsoll doctor --json | jq '.[].unserved | values'    tokens and markets that are not served`

/** `plimsoll doctor` */
export function addDoctor(program: Command, context: Context, end: (code: number) => void): void {
  const command = program
    .command('doctor')
    .description('check the node, keys, executor, feeds and pools before a live run')
    .option('--quick', 'leave out feeds and pools, which are read from the chain')
    .option('--json', 'one JSON list of {name, state, found, todo, unserved?}')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: { quick?: boolean; json?: boolean }) => {
      const loaded = await loadFrom(options as Record<string, unknown>, context)
      const checks = await examine(loaded, options.quick === true, context)
      context.out(options.json === true ? `${toJson(checks, 2)}\n` : `${shown(checks)}\n`)
      end(checks.some(({ state }) => state === 'failure') ? exitCodes.notReady : exitCodes.done)
    })
}

/** Each group is tried whatever became of the others; what throws is a failure with the error's own words. */
async function examine({ config, env, file }: Loaded, isQuick: boolean, context: Context): Promise<readonly Check[]> {
  const rpc = openRpc(config.chain.rpc)
  const checks: Check[] = [ok('configuration', file ?? 'flags and environment')]
  const attempt = async (name: string, group: () => Promise<readonly Check[]>): Promise<boolean> => {
    try {
      const found = await group()
      checks.push(...found)
      return !found.some(({ state }) => state === 'failure')
    } catch (error) {
      if (!isKeeperError(error)) throw error
      checks.push(failure(name, error.message, error.retryable ? 'try again once it is back' : ''))
      return false
    }
  }
  const isChain = await attempt('node', async () => [await chainCheck(rpc, config)])
  if (isChain) await attempt('node', () => nodeChecks(rpc, config, Date.now()))
  const hasContracts = isChain && (await attempt('contracts', () => contractChecks(rpc, config)))
  const operators: Address[] = []
  await attempt('keys', async () => {
    const found = await keyChecks(config, { ...context, env }, isChain ? rpc : null)
    operators.push(...found.operators)
    return found.checks
  })
  if (isChain) await attempt('executor', () => checkExecutor(rpc, config, operators))
  if (isChain && config.executor === null) checks.push(warning('executor', 'none is named', 'run `plimsoll deploy`'))
  if (hasContracts && !isQuick) await attempt('markets', () => marketChecks(rpc, config, context.say))
  await attempt('journal', async () => [journalCheck(config)])
  return checks
}

async function keyChecks(
  config: Config,
  { env, prompt }: Pick<Context, 'env' | 'prompt'>,
  rpc: Rpc | null,
): Promise<{ readonly operators: readonly Address[]; readonly checks: readonly Check[] }> {
  const warnings: string[] = []
  const warn = (text: string): number => warnings.push(text)
  const keys = await openKeys(config.keys, { env, warn, ...(prompt === undefined ? {} : { prompt }) })
  const checks = warnings.map((text) => warning('keys', text, ''))
  if (keys.operators.length === 0)
    checks.push(warning('operators', 'none', 'a live run needs one under keys.operators'))
  for (const { address } of keys.operators) {
    if (rpc === null) continue
    const balance = BigInt((await rpc.request('eth_getBalance', [address, 'latest'])) as string)
    const held = `${checksummed(address)} holds ${etherText(balance)} ether`
    // A liquidation of some hops at a base fee of a busy day.
    const needed = 1_000_000n * 100_000_000_000n
    checks.push(
      balance >= needed ? ok('lane', held) : warning('lane', held, `send it ether: ${etherText(needed)} or more`),
    )
  }
  checks.push(ok('relay identity', checksummed(keys.relay.address)))
  return { operators: keys.operators.map(({ address }) => address), checks }
}

/** Only looked at, never made: a doctor leaves nothing behind. */
function journalCheck(config: Config): Check {
  const { path } = config.journal
  try {
    openDatabase(path, { chainId: config.chain.id, executor: config.executor?.address ?? 'none' }, true).close()
    return ok('journal', path)
  } catch (error) {
    if (isKeeperError(error) && /does not exist/.test(error.message)) return ok('journal', `${path} will be made`)
    throw error
  }
}

const marks = { ok: 'ok', warning: 'WARN', failure: 'FAIL' } as const

function shown(checks: readonly Check[]): string {
  const listed = checks.flatMap(({ unserved, todo }) => (unserved === undefined ? [] : [{ unserved, todo }]))
  const rows = checks
    .filter(({ unserved }) => unserved === undefined)
    .map(({ name, state, found, todo }) => [marks[state], name, todo === '' ? found : `${found}\n→ ${todo}`])
  const failures = checks.filter(({ state }) => state === 'failure').length
  const warnings = checks.filter(({ state }) => state === 'warning').length
  const verdict = failures > 0 ? `${failures} to mend before anything is sent` : 'ready'
  const below = listed.length === 0 ? '' : `\nOn the chain and not served:\n${unservedTable(listed)}`
  return `${table(['', 'what', 'found'], rows, [], 70)}${below}\n${verdict}${warnings > 0 ? `, ${warnings} to think about` : ''}`
}
