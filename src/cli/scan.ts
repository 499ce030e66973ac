import type { Command } from 'commander'
import type { Block } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import { WAD } from '#core/numbers.ts'
import type { Plan, Sum } from '#core/plan.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Config } from '../config/config.ts'
import { decide } from '../engine/decide.ts'
import type { Mirror } from '../engine/mirror.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { nextBlock } from '../scene/next-block.ts'
import { plainly } from '../scene/scene.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { decideSettings } from './decide-settings.ts'
import { toJson } from './json.ts'
import { loadMirror } from './load-mirror.ts'
import { preflight } from './preflight.ts'
import { etherText, short, table } from './table.ts'

const help = `
Reads the chain once and judges every position for the next block, as a keeper would: nothing is sent, no key is
needed. A position below the line shows what liquidating it would leave after gas and tip, or why it is left alone.

Examples:
  plimsoll scan                      positions with a health below 1.05
  plimsoll scan --below 1.2 --limit 50
  plimsoll scan --json | jq '.positions[] | select(.net != null)'`

type Options = { readonly below: string; readonly limit: string; readonly json?: boolean }
type Row = {
  readonly position: string
  readonly owner: string | null
  readonly protocol: string
  readonly healthFactor: bigint | null
  readonly isLiquidatable: boolean
  readonly figures: Readonly<Record<string, bigint | boolean | string>>
  /** Wei after gas and tip, of the whole plan; `null` where nothing would be done. */
  readonly net: bigint | null
  readonly reason: string | null
  readonly detail: string
}

/** `plimsoll scan` */
export function addScan(program: Command, context: Context): void {
  const command = program
    .command('scan')
    .description('list positions near the line, and what each would pay now')
    .option('--below <health>', 'only positions with a health below it', '1.05')
    .option('--limit <count>', 'at most so many, the lowest first', '100')
    .option('--json', 'one JSON object')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { config } = await loadFrom(options as unknown as Record<string, unknown>, context)
      const below = Number(options.below)
      const limit = Number(options.limit)
      if (!(below > 0) || !(limit > 0))
        throw new KeeperError('bad-argument', '--below and --limit are numbers above 0: such as --below 1.1 --limit 20')
      const rpc = openRpc(config.chain.rpc)
      await preflight(rpc, { ...config, executor: null }, [])
      const { mirror, head } = await loadMirror(rpc, config, context.say)
      const block = nextBlock(head, config.chain.blockSeconds)
      const rows = rowsOf(mirror, block, config, BigInt(Math.round(below * 1e6)) * (WAD / 1_000_000n)).slice(0, limit)
      if (options.json === true) context.out(`${toJson({ block: block.number, positions: rows }, 2)}\n`)
      else context.out(`${shown(rows, block, options.below)}\n`)
    })
}

function rowsOf(mirror: Mirror, block: Block, config: Config, below: bigint): readonly Row[] {
  const { plans, skips } = decide(
    mirror,
    plainly(block, 'head'),
    decideSettings(config),
    () => undefined,
    () => null,
  )
  const words = new Map<string, { readonly sum: Sum | null; readonly reason: string | null; readonly detail: string }>()
  for (const skip of skips)
    for (const id of skip.positions)
      words.set(id, { sum: skip.plan?.sum ?? null, reason: skip.reason, detail: skip.detail })
  for (const plan of plans)
    for (const id of positionsOf({ do: 'act', plan }))
      words.set(id, { sum: plan.sum, reason: null, detail: companyOf(plan) })

  const rows: Row[] = []
  for (const { key, name, module } of mirror.modules.strategies) {
    const scene = mirror.sceneOf(key, plainly(block, 'head'))
    for (const position of scene.book.positions()) {
      const { liquidatable, ...figures } = module.judge(scene, position)
      const health = typeof figures.healthFactor === 'bigint' ? figures.healthFactor : null
      if (!liquidatable && (health === null || health >= below)) continue
      const word = words.get(position.id)
      rows.push({
        position: position.id,
        owner: position.owner,
        protocol: name,
        healthFactor: health,
        isLiquidatable: liquidatable,
        figures,
        net: word?.sum?.net ?? null,
        reason: word?.reason ?? null,
        detail: word?.detail ?? '',
      })
    }
  }
  const order = (row: Row): bigint => row.healthFactor ?? 0n
  return rows.sort((a, b) => (order(a) < order(b) ? -1 : 1))
}

function verdictOf({ isLiquidatable, reason, net }: Row): string {
  if (!isLiquidatable) return 'above the line'
  // Below the line and no act is possible: no collateral is left, for one.
  return reason ?? (net === null ? 'nothing to take' : 'would be liquidated')
}

/** Its net is of all of them together. */
function companyOf(plan: Plan): string {
  const others = plan.steps.length - 1
  if (others === 0) return ''
  return `in one plan with ${others} other${others === 1 ? '' : 's'}`
}

function shown(rows: readonly Row[], block: Block, below: string): string {
  if (rows.length === 0) return `No position with a health below ${below} at block ${block.number}.`
  const cells = rows.map((row) => [
    row.protocol,
    short(row.owner ?? row.position),
    row.healthFactor === null ? '' : (Number(row.healthFactor) / 1e18).toFixed(4),
    row.net === null ? '' : etherText(row.net),
    verdictOf(row),
    // The column before it says the same to six digits.
    /^net -?\d+ wei$/.test(row.detail) ? '' : short(row.detail),
  ])
  const head = ['protocol', 'owner', 'health', 'plan’s net', 'verdict', 'detail']
  return `${table(head, cells, ['health', 'plan’s net'], 34)}\nblock ${block.number}: ${rows.length} shown`
}
