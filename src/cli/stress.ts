import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { Block } from '#core/block.ts'
import { wei } from '#core/numbers.ts'
import { openRpc } from '../chain/open-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import type { Modules } from '../engine/modules.ts'
import { tokensIn } from '../engine/tokens-in.ts'
import { nextBlock } from '../scene/next-block.ts'
import { conditionNames } from '../stress/fail-if.ts'
import { plotOf } from '../stress/plot.ts'
import type { StressReport } from '../stress/report.ts'
import { stress } from '../stress/stress.ts'
import { thinVenue } from '../stress/thin-venue.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { decideSettings } from './decide-settings.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { loadMirror } from './load-mirror.ts'
import { preflight } from './preflight.ts'
import { readTokens } from './read-tokens.ts'
import { type Asked, askedOf, type StressOptions } from './stress-options.ts'
import { recordedBook, type Stood } from './stress-recording.ts'
import { stressText } from './stress-text.ts'
import { withoutSandbox } from './without-sandbox.ts'

const help = `
Reads the chain once, then lets the book live through a fall: step by step prices drop, oracles follow, keepers take what
pays through the pools as they stand, their sales move the pools, and the part of it that nobody buys back (--recovery)
is the market's next price, until nobody acts. Nothing is sent, no key is needed. See docs/stress.md.

ETH names every token that follows ether, BTC every one that follows bitcoin; any other name is one symbol.
Figures for --fail-if: ${conditionNames.join(', ')}.
The exit code is ${exitCodes.conditionHolds} where a condition of --fail-if holds.

Examples:
  plimsoll stress --sandbox                                  the demo's chain, ether 30 % down
  plimsoll stress --shock ETH=-40% --shock LINK=-60% --steps 8 --svg cascade.svg
  plimsoll stress --shock ETH=-30% --gas 200 --liquidity -50% --depeg USDC=-5% --recovery 0.5
  plimsoll stress --shock ETH=-30% --fail-if "bad_debt_usd > 100000"      for CI
  plimsoll stress --recording october.tape --block 21000100  what a fall from there would have done
  plimsoll stress --json | jq '.steps[] | {part, liquidatableUsd, badDebtUsd}'`

const collect = (one: string, all: readonly string[]): readonly string[] => [...all, one]

/** `plimsoll stress` */
export function addStress(program: Command, context: Context, end: (code: number) => void): void {
  const command = program
    .command('stress')
    .description('let the book live through a fall: who falls, what is taken, what is left as bad debt')
    .option(
      '--shock <symbol=percent>',
      'a price that falls, in equal steps; may be repeated (default: ETH=-30%)',
      collect,
      [],
    )
    .option('--depeg <symbol=percent>', 'a price that is off from the first step on; may be repeated', collect, [])
    .option('--steps <count>', 'how many steps the fall is cut into', '6')
    .option('--recovery <part>', 'of what sales push pools down, the part that stays, 0 to 1', '0.5')
    .option('--deviation <percent>', 'how far a price must be from its oracle’s before that follows', '0.5')
    .option('--gas <gwei>', 'the base fee (default: the next block’s)')
    .option('--liquidity <percent>', 'what becomes of every pool’s liquidity, as -50%')
    .option('--fail-if <condition>', 'leave with an exit code of its own where it holds; may be repeated', collect, [])
    .option('--sandbox', 'over the demo’s private chain: no node, no configuration')
    .option('--recording <file>', 'over a book of the past: what `plimsoll record` made of the same configuration')
    .option('--block <number>', 'with --recording: behind that block (default: its last)')
    .option('--seed <number>', 'with --sandbox: other borrowers, the same every time', '1')
    .option('--svg <file>', 'draw the cascade')
    .option('--json', 'one JSON object')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: StressOptions) => {
      const asked = askedOf(options)
      const report = await reportOf(options, asked, context)
      if (options.svg !== undefined) writeFileSync(options.svg, await plotOf(report))
      const held = asked.conditions.filter(({ holds }) => holds(report))
      const failed = held.map(({ text, value }) => ({ condition: text, value: value(report) }))
      if (options.json === true) context.out(`${toJson({ ...report, failed }, 2)}\n`)
      else context.out(`${stressText(report)}\n`)
      for (const { condition, value } of failed) context.say(`${condition}: it is ${value}\n`)
      if (failed.length > 0) end(exitCodes.conditionHolds)
    })
}

async function reportOf(options: StressOptions, asked: Asked, context: Context): Promise<StressReport> {
  const over = (rpc: Rpc, config: Config): Promise<StressReport> => stressed(rpc, config, asked, context)
  if (options.sandbox === true) {
    // Loaded here alone: an image for live runs does not carry the sandbox.
    const { withSandbox } = await import('./demo/stress-sandbox.ts').catch(withoutSandbox)
    return withSandbox({ seed: asked.seed, say: (text) => context.say(`${text}\n`) }, over)
  }
  const { config } = await loadFrom(options as unknown as Record<string, unknown>, context)
  if (options.recording !== undefined) {
    const book = await recordedBook(options.recording, asked.block, config, thinned(asked), context.say)
    return report(book, config, asked, context)
  }
  const rpc = openRpc(config.chain.rpc)
  await preflight(rpc, { ...config, executor: null }, [])
  return over(rpc, config)
}

const thinned =
  ({ liquidity }: Asked) =>
  (modules: Modules): Modules =>
    liquidity === 1
      ? modules
      : { ...modules, venues: modules.venues.map((one) => ({ ...one, module: thinVenue(one.module, liquidity) })) }

async function stressed(rpc: Rpc, config: Config, asked: Asked, context: Context): Promise<StressReport> {
  const { mirror, head, view } = await loadMirror(rpc, config, context.say, { alter: thinned(asked) })
  const tokens = await readTokens(view, tokensIn(mirror, config.chain.wrappedNative))
  return report({ mirror, head, tokens }, config, asked, context)
}

function report({ mirror, head, tokens }: Stood, config: Config, asked: Asked, { say }: Context): StressReport {
  const { scenario, baseFee } = asked
  const next = nextBlock(head, config.chain.blockSeconds)
  const block: Block = baseFee === null ? next : { ...next, baseFee: wei(baseFee) }
  const settings = decideSettings(config)
  return stress({ mirror, block, settings, tokens }, scenario, (done) => say(`step ${done} of ${scenario.steps}\n`))
}
