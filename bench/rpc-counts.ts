import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from '../sandbox/oracle.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startSandbox } from '../sandbox/start.ts'
import { deployAndConfigure } from '../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../src/cli/demo/sandbox-config.ts'
import { type OpenKeeper, openKeeper } from '../src/cli/open-keeper.ts'
import { openKeys } from '../src/keys/open-keys.ts'
import { createObserve } from '../src/observe/create-observe.ts'
import type { Bench, Count } from './bench.ts'
import { fillBook } from './fill-book.ts'

/** What a keeper says and hears with so many positions: requests and bytes, by block; of the opportunity, in all. */
type Cost = {
  readonly positions: number
  readonly idleReads: number
  readonly idleBytes: number
  readonly updateReads: number
  readonly updateBytes: number
  readonly liveIdleReads: number
  readonly opportunityReads: number
  readonly opportunityBytes: number
}
const sizes = [1_000, 10_000, 100_000] as const
const blocks = 5
/** Times a size is measured, at most. */
const turnsMax = 3

async function costAt(positions: number): Promise<Cost> {
  const [dry, live] = [await during(positions, true, watching), await during(positions, false, liquidating)]
  return { positions, ...dry, ...live }
}

/** A log that the node pushed behind its head is compared once more, so what costs more than elsewhere is taken again. */
async function costs(): Promise<readonly Cost[]> {
  let all: readonly Cost[] = []
  for (const size of sizes) all = [...all, await costAt(size)]
  for (let turn = 1; turn < turnsMax; turn += 1) {
    const least = Math.min(...all.map(bytesOf))
    const again: Cost[] = []
    for (const one of all) {
      const other = bytesOf(one) > least ? await costAt(one.positions) : one
      again.push(bytesOf(other) < bytesOf(one) ? other : one)
    }
    all = again
  }
  return all
}
const bytesOf = ({ idleBytes, updateBytes, opportunityBytes }: Cost): number =>
  idleBytes + updateBytes + opportunityBytes

type Run = { readonly sandbox: Sandbox; readonly opened: OpenKeeper }

/** A real keeper on the private chain, over a WebSocket, its book filled with copies to the size. */
async function during<T>(positions: number, dryRun: boolean, what: (run: Run) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ borrowers: 'few' })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const { config } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite'), dryRun })
    const keys = await openKeys(config.keys, { env: sandboxEnv(sandbox), warn: () => undefined })
    const observe = createObserve({ level: 'error', isPretty: false, write: () => undefined })
    const settings = { ...config, chain: { ...config.chain, rpc: sandbox.proxy.wsUrl } }
    const drift = { everyBlocks: Number.MAX_SAFE_INTEGER, sample: 0 }
    const opened = await openKeeper({ ...settings, drift }, keys, observe)
    await opened.keeper.start()
    const running = opened.keeper.run()
    fillBook(opened, positions)
    await settled({ sandbox, opened })
    const found = await what({ sandbox, opened })
    opened.live.close()
    await running
    await opened.close()
    return found
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function watching(run: Run) {
  const idle = await spent(run, blocks, async () => undefined)
  let dollars = 3_000
  const update = await spent(run, blocks, async () => {
    dollars += 1
    await run.sandbox.setPrice('WETH', BigInt(dollars) * 10n ** 8n)
  })
  const by = (amount: number): number => amount / blocks
  return {
    ...{ idleReads: by(idle.reads), idleBytes: by(idle.bytes) },
    ...{ updateReads: by(update.reads), updateBytes: by(update.bytes) },
  }
}

/** From the oracle's update by which one position crosses to the receipt in the journal: two blocks. */
async function liquidating(run: Run) {
  const idle = await spent(run, blocks, async () => undefined)
  const sent = run.sandbox.sends()
  const price = await answerOf(run.sandbox.rpc, run.sandbox.addresses.tokens.WBTC.aggregator)
  const { reads, bytes } = await spent(run, 2, async (block) => {
    if (block === 0) await run.sandbox.setPrice('WBTC', (price * 915n) / 1_000n)
  })
  if (run.sandbox.sends() === sent) throw new Error('the position that crossed was not liquidated')
  return { liveIdleReads: idle.reads / blocks, opportunityReads: reads, opportunityBytes: bytes }
}

/** Bytes are those of all messages on the socket, both ways. */
async function spent(run: Run, over: number, before: (block: number) => Promise<void>) {
  const { sandbox } = run
  const requests = (): number => Object.values(sandbox.counts()).reduce((sum, count) => sum + count, 0)
  const [readsFrom, bytesFrom] = [requests(), sandbox.proxy.bytes()]
  for (let block = 0; block < over; block += 1) {
    await before(block)
    await settled(run)
  }
  return { reads: requests() - readsFrom, bytes: sandbox.proxy.bytes() - bytesFrom }
}

async function settled({ sandbox, opened: { keeper } }: Run): Promise<void> {
  const { number } = await sandbox.mine()
  while ((keeper.head()?.block.number ?? 0) < number) await sleep(2)
  await keeper.idle()
  // What is asked beside the path follows the head it is about, and on a busy machine its answers come late.
  for (let bytes = -1; bytes !== sandbox.proxy.bytes(); await sleep(200)) bytes = sandbox.proxy.bytes()
  await keeper.idle()
}

/** What goes over the wire, and that the number of positions does not matter to it. */
export const bench: Bench = {
  name: 'rpc-counts',
  open: async () => {
    const all = await costs()
    const last = all.at(-1)
    const at =
      (of: keyof Cost): Count['count'] =>
      () =>
        last?.[of] ?? Number.NaN
    /** The greatest difference between any two sizes: the slope in the number of positions is 0 when it is. */
    const spread = (...of: readonly (keyof Cost)[]): number =>
      Math.max(
        ...of.map((one) => Math.max(...all.map((cost) => cost[one])) - Math.min(...all.map((cost) => cost[one]))),
      )
    const among = all.map(({ positions }) => positions.toLocaleString('en')).join(', ')
    const shared = { isRequired: true, unit: 'requests' }
    return {
      metrics: [],
      counts: [
        {
          ...{ ...shared, name: 'reads-per-idle-block', count: at('idleReads') },
          ...{ what: 'requests of a block without a watched log, dry run', target: '0' },
          holds: (value) => value === 0,
        },
        {
          ...{ ...shared, name: 'reads-per-idle-block-live', count: at('liveIdleReads') },
          ...{ what: 'the same of a live keeper: nonce and balance of each of four lanes', target: 'constant' },
          holds: () => spread('liveIdleReads') === 0,
        },
        {
          ...{ ...shared, name: 'reads-per-update', count: at('updateReads') },
          ...{
            what: "requests of a block with an oracle's update: its logs compared beside the path, one a merged filter",
            target: 'constant',
          },
          holds: () => spread('updateReads') === 0,
        },
        {
          ...{ ...shared, name: 'reads-per-opportunity', count: at('opportunityReads') },
          ...{
            what: 'requests from the update by which a position crosses to its receipt, two blocks, all beside the path or after it',
            target: 'constant',
          },
          holds: () => spread('opportunityReads') === 0,
        },
        {
          ...{ ...shared, name: 'reads-slope' },
          ...{ what: `the most by which any of these differs among ${among} positions`, target: '0' },
          count: () => spread('idleReads', 'updateReads', 'liveIdleReads', 'opportunityReads'),
          holds: (value) => value === 0,
        },
        {
          ...{ name: 'bytes-per-block', unit: 'bytes', isRequired: true, count: at('idleBytes') },
          ...{ what: 'bytes both ways of a block without a watched log, dry run', target: 'constant' },
          // A block's number or a quantity may take a digit more.
          holds: () => spread('idleBytes') <= 64,
        },
        {
          ...{ name: 'bytes-slope', unit: 'bytes', isRequired: true },
          ...{
            what: `the most by which a block's or an opportunity's bytes differ among ${among} positions`,
            target: '≤ 256',
          },
          count: () => spread('idleBytes', 'updateBytes', 'opportunityBytes'),
          holds: (value) => value <= 256,
        },
      ],
      close: async () => undefined,
    }
  },
}
