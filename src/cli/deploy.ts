import type { Command } from 'commander'
import { type Address, address, checksummed } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { deployExecutor, type ExecutorPlan } from '../../contracts/deploy-executor.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { allChosen, type Config } from '../config/config.ts'
import { openKeys } from '../keys/open-keys.ts'
import { chainCheck } from './chain-checks.ts'
import { configOptions, type Loaded, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { dataFeesOf } from './data-fees.ts'
import { toJson } from './json.ts'
import { type OwnKeyOptions, ownKey, ownKeyOptions, promptOf } from './own-key.ts'
import { latestView } from './preflight.ts'

const help = `
Shows what would be deployed; --yes deploys it, reads it back, and prints the lines for the configuration. The owner
should be a key kept cold: it names operators at once, and sink and registry only after the delay. Profits go to the
sink and nowhere else. The key that pays has no rights afterwards.

Examples:
  plimsoll deploy --owner 0x… --sink 0x…
  plimsoll deploy --owner 0x… --sink 0x… --delay 172800 --keystore ./deployer.json --yes`

type Options = OwnKeyOptions & {
  readonly owner: string
  readonly sink: string
  readonly delay: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** `plimsoll deploy` */
export function addDeploy(program: Command, context: Context): void {
  const command = program
    .command('deploy')
    .description('put the executor on the chain and verify it')
    .requiredOption('--owner <address>', 'who configures it')
    .requiredOption('--sink <address>', 'who receives the profit')
    .option('--delay <seconds>', 'how long a new sink or registry entry must wait, from 3600 on', '172800')
    .option('--yes', 'deploy, rather than show')
    .option('--json', 'one JSON object')
  ownKeyOptions(configOptions(command))
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const loaded = await loadFrom(options as unknown as Record<string, unknown>, context)
      await deploy(options, loaded, context)
    })
}

async function deploy(options: Options, loaded: Loaded, context: Context): Promise<void> {
  const { config } = loaded
  const rpc = openRpc(config.chain.rpc)
  const chain = await chainCheck(rpc, config)
  if (chain.state === 'failure') throw new KeeperError('chain-mismatch', `${chain.found}: ${chain.todo}`)
  const plan = await planOf(options, loaded, rpc, context)
  context.say(shownPlan(plan, config))
  if (options.yes !== true) {
    context.say('\nNothing was sent. Add --yes to deploy.\n')
    if (options.json === true) context.out(`${toJson({ deployed: null, plan }, 2)}\n`)
    return
  }
  const { key, release } = await ownKey(options, loaded, context)
  try {
    context.say(`\ndeploying from ${checksummed(key.address)} …\n`)
    const deployed = await deployExecutor({ ...plan, rpc, wallet: key.wallet(), timeoutMs: 300_000 })
    const { executor, lenders, pools, block } = deployed
    context.say(`deployed in block ${block}; code, owner, sink, operators and registry were read back\n`)
    const lines = `executor:\n  address: "${checksummed(executor)}"\n  sink: "${checksummed(plan.sink)}"\n`
    const shown = { executor: checksummed(executor), lenders: checksummed(lenders), pools: checksummed(pools), block }
    context.out(options.json === true ? `${toJson({ deployed: shown, plan }, 2)}\n` : lines)
  } finally {
    release()
  }
}

async function planOf(options: Options, { config, env }: Loaded, rpc: Rpc, context: Context): Promise<ExecutorPlan> {
  const warn = (text: string): void => context.say(`warning: ${text}\n`)
  const keys = await openKeys({ operators: config.keys.operators, relay: null }, { env, warn, ...promptOf(context) })
  const operators = keys.operators.map((key) => key.address)
  const owner = addressFlag('--owner', options.owner)
  const delaySeconds = Number(options.delay)
  if (!Number.isInteger(delaySeconds) || delaySeconds < 3_600 || delaySeconds > 90 * 86_400)
    throw new KeeperError('bad-argument', `--delay is ${options.delay}: write seconds from 3600 to 7776000`)
  if (operators.length === 0) warn('keys.operators names none: the owner must name one before anything can be executed')
  if (operators.includes(owner)) warn('the owner is an operator: whoever takes that key can change everything')
  return {
    owner,
    operators,
    sink: addressFlag('--sink', options.sink),
    delaySeconds,
    wrappedNative: config.chain.wrappedNative,
    dataFees: await dataFeesOf(rpc),
    registry: await registryFor(await latestView(rpc), allChosen(config)),
  }
}

function shownPlan(plan: ExecutorPlan, config: Config): string {
  const operators = plan.operators.map(checksummed).join(', ') || 'none'
  return [
    `chain      ${config.chain.id}`,
    `owner      ${checksummed(plan.owner)}`,
    `sink       ${checksummed(plan.sink)}`,
    `operators  ${operators}`,
    `delay      ${plan.delaySeconds} seconds`,
    `data fees  ${plan.dataFees ?? 'none'}`,
    ...plan.registry.map(({ words }, index) => `${index === 0 ? 'may       ' : '          '} ${words}`),
    '',
  ].join('\n')
}

function addressFlag(flag: string, text: string): Address {
  try {
    return address(text)
  } catch (cause) {
    throw new KeeperError('bad-argument', `${flag}: ${(cause as Error).message}`, { cause })
  }
}
