import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Context } from './context.ts'
import { inexact, type Liquidation } from './demo/liquidations.ts'
import type { DemoResult, Skipped } from './demo/run-demo.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { etherText, short, table } from './table.ts'

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

function withoutSandbox(cause: unknown): never {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
  const say = 'this installation has no sandbox: clone the project, and run `npm ci && npm run demo` there'
  throw new KeeperError('unsupported', say, { cause })
}

const documentOf = ({ liquidations, skips, blocks, profit }: DemoResult): object => ({
  liquidations: liquidations.filter((one) => one.isComparable),
  apart: liquidations.filter((one) => !one.isComparable),
  skips,
  blocks,
  profit,
})

function summary(result: DemoResult, off: readonly Liquidation[]): string {
  const { liquidations, skips, blocks, profit, symbols } = result
  const transactions = new Set(liquidations.map((one) => one.tx)).size
  return [
    `${liquidations.length} positions liquidated, in ${transactions} transactions:`,
    liquidatedTable(liquidations, symbols),
    `${skips.length} positions that became liquidatable and were left alone:`,
    skippedTable(skips),
    `${blocks} blocks, ${etherText(BigInt(profit))} ETH of profit in the executor, after gas paid apart and tips.`,
    off.length === 0
      ? 'Every repay, seizure, swap and gas-free profit came out as foreseen: 0 wei off.'
      : `${off.length} came out otherwise than foreseen: ${off.map((one) => `${short(one.position)} (${inexact(one).join(', ')})`).join('; ')}`,
  ].join('\n')
}

type Symbols = DemoResult['symbols']

function liquidatedTable(liquidations: readonly Liquidation[], symbols: Symbols): string {
  const rows = liquidations.map((one) => [
    String(one.block),
    one.owner === null ? '' : short(one.owner),
    `v3 r${one.revision}`,
    shown(one.repay.actual, one.debt, symbols),
    shown(one.seize.actual, one.collateral, symbols),
    routeOf(one, symbols),
    etherText(BigInt(one.grossProfit.actual)),
    one.tags.join(' '),
  ])
  const head = ['block', 'borrower', 'pool', 'repaid', 'seized', 'route', 'plan’s profit', 'tags']
  return table(head, rows, ['block', 'repaid', 'seized', 'plan’s profit'])
}

function skippedTable(skips: readonly Skipped[]): string {
  const rows = skips.map(({ block, owner, position, reason, net, detail }) => [
    String(block),
    short(owner ?? position),
    reason,
    net === null ? '' : etherText(BigInt(net)),
    detail.length > 70 ? `${short(detail).slice(0, 67)}…` : short(detail),
  ])
  return table(['block', 'borrower', 'reason', 'net alone', 'detail'], rows, ['block', 'net alone'])
}

/** Amount and symbol, to six digits of weight: for people. */
function shown(units: string, asset: string | null, symbols: Symbols): string {
  const token = asset === null ? undefined : symbols[asset.toLowerCase()]
  if (token === undefined) return units
  const value = Number(units) / 10 ** token.decimals
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 6 })} ${token.symbol}`
}

function routeOf({ route }: Liquidation, symbols: Symbols): string {
  const pairs = new Map<string, number>()
  for (const { sell, buy } of route) {
    const name = [sell, buy].map((asset) => symbols[asset.toLowerCase()]?.symbol ?? short(asset)).join('→')
    pairs.set(name, (pairs.get(name) ?? 0) + 1)
  }
  if (pairs.size > 3) return `${route.length} swaps over ${pairs.size} pairs`
  return [...pairs].map(([name, pools]) => (pools > 1 ? `${name} (${pools} pools)` : name)).join(', ')
}
