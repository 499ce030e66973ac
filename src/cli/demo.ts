import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Context } from './context.ts'
import { inexact } from './demo/liquidations.ts'
import type { DemoResult } from './demo/run-demo.ts'
import { summary } from './demo/summary.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { withoutSandbox } from './without-sandbox.ts'

const help = `
Starts a private chain with the real contracts of Aave 3.0 and 3.6, Uniswap, Chainlink's aggregators and Morpho, lets 64
borrowers live through a market crash, and runs the keeper against it exactly as it would run on mainnet. Every amount
the keeper foresaw is compared with what the chain did. Needs no key, no node and no network.

Examples:
  plimsoll demo
  plimsoll demo --seed 7
  plimsoll demo --json | jq '.liquidations | length'`

/** `plimsoll demo` */
export function addDemo(program: Command, context: Context, end: (code: number) => void): void {
  program
    .command('demo')
    .description('a private chain, a market crash, real liquidations; no key, no node')
    .option('--seed <number>', 'another crash, the same every time', '1')
    .option('--json', 'one JSON document, last')
    .addHelpText('after', help)
    .action(async ({ seed, json }: { readonly seed: string; readonly json?: boolean }) => {
      if (!/^\d{1,9}$/.test(seed))
        throw new KeeperError('bad-argument', `--seed ${seed}: give a whole number, such as 7`)
      // Loaded here alone: no other verb needs the sandbox, and an image for live runs does not carry it.
      const { runDemo } = await import('./demo/run-demo.ts').catch(withoutSandbox)
      const result = await runDemo({ seed: Number(seed), say: (text) => context.say(`${text}\n`), stop: context.stop })
      const off = result.liquidations.filter((one) => one.isComparable && inexact(one).length > 0)
      if (json === true) context.out(`${toJson(documentOf(result), 1)}\n`)
      else context.out(`${summary(result, off)}\n`)
      if (off.length > 0) end(exitCodes.failed)
    })
}

const documentOf = ({ liquidations, skips, blocks, times, profit }: DemoResult): object => ({
  liquidations: liquidations.filter((one) => one.isComparable),
  apart: liquidations.filter((one) => !one.isComparable),
  skips,
  blocks,
  times,
  profit,
})
