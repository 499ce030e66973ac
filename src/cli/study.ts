import { writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { quantity, viewAt } from '../chain/view.ts'
import type { Config } from '../config/config.ts'
import { discover } from '../config/discover.ts'
import { loadConfig } from '../config/load-config.ts'
import { loadEnv } from '../config/load-env.ts'
import { nextBlock } from '../scene/next-block.ts'
import { draftText } from '../study/draft.ts'
import { gather } from '../study/gather.ts'
import { knownChains } from '../study/known-chains.ts'
import { leftStanding } from '../study/left-standing.ts'
import { presetsOn } from '../study/presets-on.ts'
import { propose } from '../study/propose.ts'
import { summarise } from '../study/summary.ts'
import { valuationOf } from '../study/valuation.ts'
import type { Context } from './context.ts'
import { decideSettings } from './decide-settings.ts'
import { count } from './journal-options.ts'
import { toJson } from './json.ts'
import { loadMirror } from './load-mirror.ts'
import { preflight } from './preflight.ts'
import { readTokens } from './read-tokens.ts'
import { type Study, shownStudy } from './study-tables.ts'

const help = `
Reads a range of history, without a key and without a configuration: who was liquidated where, who won it and what they
paid for the place, what nobody took, and a configuration to begin with. What is looked at is every preset of this chain
whose contracts are there; --config names others. The state at the end of the range is read in full, as \`scan\` does:
for a range that ended long ago the node must keep old states. docs/study.md says how each figure is made.

Examples:
  plimsoll study --rpc https://node.example
  plimsoll study --rpc $RPC_URL --from 23500000 --to 23550000 --protocols aave-v3,morpho-blue
  plimsoll study --rpc $RPC_URL --config mine.yaml --write proposed.yaml --json`

type Options = {
  readonly rpc: string
  readonly from?: number
  readonly to?: number
  readonly protocols?: string
  readonly wait: number
  readonly config?: string
  readonly write?: string
  readonly json?: boolean
}

/** So many blocks up to the end, where no beginning is named: a day of mainnet. */
const usualBlocks = 7_200

/** `plimsoll study` */
export function addStudy(program: Command, context: Context): void {
  program
    .command('study')
    .description('read from history what was liquidated, who won it, and what to follow')
    .requiredOption('--rpc <url>', 'the node: http, https, ws, wss or the path of an IPC socket')
    .option('--from <block>', `the first block (default: ${usualBlocks} before the last)`, count)
    .option('--to <block>', 'the last block (default: the newest)', count)
    .option('--protocols <names>', 'only these, by commas: aave-v3, or one deployment as aave-v3:mainnet')
    .option('--wait <blocks>', 'below the line for more than so many at the end: nobody took it', count, 100)
    .option('-c, --config <file>', 'the deployments, venues and lenders of this configuration instead of the presets')
    .option('--write <file>', 'write the proposed configuration there')
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const rpc = openRpc(options.rpc)
      try {
        const study = await studied(rpc, options, context)
        if (options.write !== undefined) writeFileSync(options.write, study.configuration)
        context.out(options.json === true ? `${toJson(study, 2)}\n` : `${shownStudy(study)}\n`)
      } finally {
        rpc.close()
      }
    })
}

async function studied(rpc: Rpc, options: Options, { say, env }: Context): Promise<Study> {
  const chainId = Number(await rpc.request('eth_chainId', []))
  const config = chosenOf(await configFor(rpc, chainId, options, env), options.protocols)
  await preflight(rpc, { ...config, executor: null }, [])
  const { mirror, head, view } = await loadMirror(rpc, config, say, options.to ?? null)
  const to = head.block.number
  const from = options.from ?? Math.max(0, to - usualBlocks + 1)
  if (from > to)
    throw new KeeperError('bad-argument', `--from ${from} lies behind --to ${to}: name a range that goes forward`)
  const taken = await gather(rpc, mirror, view, from, say)
  const tokens = taken.flatMap(({ outcome: { repaid, seized } }) =>
    [repaid, ...seized].flatMap((flow) => (flow === null || flow.asset === 'native' ? [] : [flow.asset])),
  )
  const summary = summarise(taken, valuationOf(mirror, config.chain.wrappedNative, tokens))
  const next = nextBlock(head, config.chain.blockSeconds)
  const earlier = await viewBefore(rpc, to - options.wait)
  const standing = await leftStanding(mirror, next, earlier, decideSettings(config))
  const range = `blocks ${from} to ${to} of chain ${chainId}`
  const configuration = propose(config, chainId, summary, range)
  const named = Object.fromEntries(await readTokens(view, tokens))
  return { chainId, from, to, wait: options.wait, ...summary, standing, tokens: named, configuration }
}

/** Of the chain's presets, or of the file. @throws `bad-config`, `bad-argument`. */
async function configFor(
  rpc: Rpc,
  chainId: number,
  { rpc: url, config }: Options,
  env: Context['env'],
): Promise<Config> {
  const registry = await discover()
  if (config !== undefined) {
    const own = { RPC_URL: url, ...loadEnv(dirname(resolve(config)), env) }
    return loadConfig({ file: config, env: own, flags: { 'chain.rpc': url }, registry })
  }
  const chain = knownChains.get(chainId)
  if (chain === undefined)
    throw new KeeperError(
      'bad-argument',
      `no presets are known for chain ${chainId}: write its deployments into a file and name it with --config`,
    )
  const entries = await presetsOn(rpc, registry, chain.name)
  const text = draftText({ chainId, ...chain, hubs: [], entries, notes: [] })
  return loadConfig({ file: null, text, env: { RPC_URL: url }, flags: {}, registry })
}

/** @throws `bad-argument` where nothing is left to look at. */
function chosenOf(config: Config, names: string | undefined): Config {
  const wanted = names?.split(',').map((name) => name.trim())
  const protocols = config.protocols.filter(
    ({ name, label }) => wanted === undefined || wanted.includes(name) || wanted.includes(label),
  )
  if (protocols.length > 0) return { ...config, protocols }
  const all = config.protocols.map(({ label }) => label).join(', ')
  const todo = all === '' ? 'name some with --config' : `there are ${all}`
  throw new KeeperError('bad-argument', `there is nothing to look at for --protocols ${names ?? ''}: ${todo}`)
}

async function viewBefore(rpc: Rpc, number: number): Promise<View | null> {
  if (number < 0) return null
  const raw = (await rpc.request('eth_getBlockByNumber', [quantity(number), false])) as { readonly hash: Hex } | null
  return raw === null ? null : viewAt(rpc, raw.hash)
}
