import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MarketId } from '#core/book.ts'
import { crashScript } from '../../../sandbox/crash.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { startSandbox } from '../../../sandbox/start.ts'
import type { Settled } from '../../engine/receipt.ts'
import type { Intent } from '../../execution/intent.ts'
import { readJournal } from '../../journal/open-journal.ts'
import { openKeys } from '../../keys/open-keys.ts'
import { createObserve } from '../../observe/create-observe.ts'
import { type OpenKeeper, openKeeper } from '../open-keeper.ts'
import { deployAndConfigure } from './deploy-and-configure.ts'
import { families } from './families.ts'
import { type Liquidation, liquidationsOf, type Served } from './liquidations.ts'
import { sandboxEnv } from './sandbox-config.ts'
import { type TriggerTime, triggerTimes } from './trigger-times.ts'

export type Skipped = {
  readonly position: string
  readonly owner: string | null
  readonly reason: string
  readonly detail: string
  readonly block: number
  /** What it would have left after gas and tip, in wei, where it was worked out. */
  readonly net: string | null
}
export type DemoResult = {
  readonly liquidations: readonly Liquidation[]
  readonly skips: readonly Skipped[]
  readonly blocks: number
  /** How long plans took to leave, by what called for them. */
  readonly times: readonly TriggerTime[]
  /** Wrapped native in the executor at the end, in wei. */
  readonly profit: string
  /** By address in lower case: for people. */
  readonly symbols: Readonly<Record<string, { readonly symbol: string; readonly decimals: number }>>
}

export type DemoOptions = {
  readonly seed: number
  readonly say: (text: string) => void
  readonly stop?: AbortSignal
  readonly log?: (line: string) => void
}

/** Blocks after the last price, for what was left to the next one. */
const restBlocks = 6

/** A private chain, a crash, a keeper that lives through it: what was liquidated, what was not and why. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { say } = options
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-demo-'))
  const sandbox = await startSandbox({
    seed: options.seed,
    borrowers: 'full',
    protocols: await families(),
    traffic: true,
    onProgress: (message, done, total) => say(`chain ${done}/${total}: ${message}`),
  })
  try {
    const { config } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite') })
    const env = sandboxEnv(sandbox)
    const keys = await openKeys(config.keys, { env, warn: () => undefined })
    const observe = createObserve({ level: 'warn', isPretty: false, write: options.log ?? (() => undefined) })
    const opened = await openKeeper(config, keys, observe, {
      synced: (size) => say(`keeper: ${size.positions} positions, ${size.pools} pools, in ${size.tookMs} ms`),
    })
    const journal = readJournal(config.journal.path)
    return await liveThrough(sandbox, opened, journal, options).finally(journal.close)
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function liveThrough(
  sandbox: Sandbox,
  opened: OpenKeeper,
  journal: Journal,
  { seed, say, stop }: DemoOptions,
): Promise<DemoResult> {
  const { keeper } = opened
  await keeper.start()
  const running = keeper.run()
  const steps = crashScript(seed)
  let blocks = 0
  const mine = async (): Promise<void> => {
    const { number } = await sandbox.mine()
    blocks += 1
    while ((keeper.head()?.block.number ?? 0) < number) await sleep(5)
    await keeper.idle()
  }
  for (const [at, { label, prices }] of steps.entries()) {
    if (stop?.aborted === true) break
    await sandbox.movePools(prices)
    for (const [symbol, usd] of Object.entries(prices) as [Parameters<Sandbox['setPrice']>[0], bigint][])
      await sandbox.setPrice(symbol, usd)
    await mine()
    await mine()
    const done = journal.select({ streams: ['receipt'] }).length
    say(`crash ${at + 1}/${steps.length}: ${label}: ${done} transactions landed so far`)
  }
  for (let rest = 0; rest < restBlocks && stop?.aborted !== true; rest += 1) await mine()
  const result = gather(opened, journal)
  const profit = await balanceOfExecutor(sandbox, opened)
  opened.live.close()
  await running
  await opened.close()
  return { ...result, blocks, profit, symbols: symbolsOf(sandbox) }
}

type Journal = ReturnType<typeof readJournal>
type Gathered = Pick<DemoResult, 'liquidations' | 'skips' | 'times'>

function gather({ keeper }: OpenKeeper, journal: Journal): Gathered {
  const intents = new Map(
    journal.select({ streams: ['intent'] }).map(({ record }) => [record.plan, record as unknown as Intent]),
  )
  const liquidations = journal.select({ streams: ['receipt'] }).flatMap(({ record }) => {
    const intent = intents.get(record.plan ?? null)
    return intent === undefined
      ? []
      : liquidationsOf(intent, record as unknown as Settled, (market) => servedBy(keeper, market))
  })
  const done = new Set(liquidations.map((one) => one.position))
  const skips = new Map<string, Skipped>()
  for (const { record } of journal.select({ streams: ['verdict'] })) {
    if (record.do !== 'skip') continue
    const plan = record.plan as unknown as { readonly sum: { readonly net: bigint } } | null
    for (const position of record.positions as readonly string[]) {
      const owner = keeper.ownerOf(position)
      const detail = String(record.detail)
      skips.set(position, {
        position,
        owner,
        reason: String(record.reason),
        detail,
        block: Number(record.block),
        net: plan?.sum.net.toString() ?? null,
      })
    }
  }
  const sent = journal.select({ streams: ['attempt'] }).flatMap(({ record }) => {
    const intent = intents.get(record.plan ?? null)
    const ns = record.triggerToSendNs
    return intent === undefined || typeof ns !== 'bigint' ? [] : [{ trigger: intent.trigger, ns }]
  })
  const left = [...skips.values()].filter(({ position }) => !done.has(position))
  return { liquidations, skips: left, times: triggerTimes(sent) }
}

const symbolsOf = (sandbox: Sandbox): DemoResult['symbols'] => ({
  ...Object.fromEntries(
    Object.entries(sandbox.addresses.tokens).map(([symbol, { address, decimals }]) => [address, { symbol, decimals }]),
  ),
  native: { symbol: 'ETH', decimals: 18 },
})

/** By whose shelf it stands on; the revision is the pool's own, as its market's record has it. */
function servedBy(keeper: OpenKeeper['keeper'], market: string): Served {
  for (const { key, name } of keeper.mirror().modules.strategies) {
    const found = keeper
      .mirror()
      .books.shelf(key)
      .market(market as MarketId)
    if (found !== undefined) return { protocol: name, revision: String(found.data.revision ?? 'unknown') }
  }
  return null
}

async function balanceOfExecutor(sandbox: Sandbox, { keeper }: OpenKeeper): Promise<string> {
  const executor = keeper.executor().slice(2).padStart(64, '0')
  const answer = await sandbox.rpc.request('eth_call', [
    { to: sandbox.addresses.weth, data: `0x70a08231${executor}` },
    'latest',
  ])
  return BigInt(answer as string).toString()
}
