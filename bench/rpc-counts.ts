import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startSandbox } from '../sandbox/start.ts'
import { deployAndConfigure } from '../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../src/cli/demo/sandbox-config.ts'
import { type OpenKeeper, openKeeper } from '../src/cli/open-keeper.ts'
import { openKeys } from '../src/keys/open-keys.ts'
import { createObserve } from '../src/observe/create-observe.ts'
import type { Bench, Count } from './bench.ts'

/** What a keeper says and hears at a size. */
type Cost = {
  readonly positions: number
  readonly idleReads: number
  readonly idleBytes: number
  readonly updateReads: number
  readonly updateBytes: number
}
const sizes = [1_000, 10_000] as const
const blocks = 5

/** The real keeper on the private chain, over a WebSocket, with so many borrowers; dry, so that none is liquidated. */
async function costAt(borrowers: number): Promise<Cost> {
  const sandbox = await startSandbox({ borrowers, aave: ['3.6'] })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const { config } = await deployAndConfigure(sandbox, { journalPath: join(folder, 'journal.sqlite'), dryRun: true })
    const keys = await openKeys({ operators: [], relay: null }, { env: sandboxEnv(sandbox), warn: () => undefined })
    const observe = createObserve({ level: 'error', isPretty: false, write: () => undefined })
    const settings = { ...config, chain: { ...config.chain, rpc: sandbox.proxy.wsUrl } }
    const drift = { everyBlocks: Number.MAX_SAFE_INTEGER, sample: 0 }
    const opened = await openKeeper({ ...settings, drift }, keys, observe)
    await opened.keeper.start()
    const running = opened.keeper.run()
    await settled(sandbox, opened)
    const idle = await spent(sandbox, opened, async () => undefined)
    let dollars = 2_950
    const update = await spent(sandbox, opened, async () => {
      dollars += 1
      await sandbox.setPrice('WETH', BigInt(dollars) * 10n ** 8n)
    })
    const { positions } = opened.keeper.mirror().books.size()
    opened.live.close()
    await running
    opened.close()
    return {
      positions,
      ...{ idleReads: idle.reads, idleBytes: idle.bytes, updateReads: update.reads, updateBytes: update.bytes },
    }
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** By block. Bytes are those of all messages on the socket, both ways. */
async function spent(sandbox: Sandbox, opened: OpenKeeper, before: () => Promise<void>) {
  const requests = (): number => Object.values(sandbox.counts()).reduce((sum, count) => sum + count, 0)
  const [readsFrom, bytesFrom] = [requests(), sandbox.proxy.bytes()]
  for (let block = 0; block < blocks; block += 1) {
    await before()
    await settled(sandbox, opened)
  }
  return { reads: (requests() - readsFrom) / blocks, bytes: (sandbox.proxy.bytes() - bytesFrom) / blocks }
}

async function settled(sandbox: Sandbox, { keeper }: OpenKeeper): Promise<void> {
  const { number } = await sandbox.mine()
  while ((keeper.head()?.block.number ?? 0) < number) await sleep(2)
  await keeper.idle()
  // What is asked beside the path follows the head it is about.
  await sleep(100)
}

/** What goes over the wire, and that the number of positions does not matter to it. */
export const bench: Bench = {
  name: 'rpc-counts',
  open: async () => {
    const costs: Cost[] = []
    for (const size of sizes) costs.push(await costAt(size))
    const last = costs.at(-1)
    const first = costs[0]
    const at =
      (of: keyof Cost): Count['count'] =>
      () =>
        last?.[of] ?? Number.NaN
    /** Per position: the last size less the first, by how many positions lie between. */
    const slope = (of: keyof Cost): number =>
      ((last?.[of] ?? Number.NaN) - (first?.[of] ?? 0)) / ((last?.positions ?? 0) - (first?.positions ?? 0))
    const counted = costs.map(({ positions }) => positions.toLocaleString('en')).join(' and ')
    const shared = { isRequired: true, unit: 'requests' }
    return {
      metrics: [],
      counts: [
        {
          ...{ ...shared, name: 'reads-per-idle-block', count: at('idleReads') },
          ...{ what: `requests of a block without a watched log, ${counted} positions`, target: '0' },
          holds: (value) => value === 0,
        },
        {
          ...{ ...shared, name: 'reads-per-update', count: at('updateReads') },
          ...{
            what: `requests of a block with an oracle's update: its logs compared beside the path, one a merged filter`,
            target: '≤ 8',
          },
          holds: (value) => value <= 8,
        },
        {
          ...{ ...shared, name: 'reads-slope', count: () => slope('idleReads') + slope('updateReads') },
          ...{ what: `more requests a block for each position more, between ${counted}`, target: '0' },
          holds: (value) => value === 0,
        },
        {
          ...{ name: 'bytes-per-block', unit: 'bytes', isRequired: true, count: at('idleBytes') },
          ...{ what: 'bytes both ways of a block without a watched log', target: '≤ 4096' },
          holds: (value) => value <= 4_096,
        },
        {
          ...{ name: 'bytes-slope', unit: 'bytes', isRequired: true, count: () => Math.abs(slope('updateBytes')) },
          ...{ what: `more bytes a block with an update for each position more, between ${counted}`, target: '< 0.01' },
          holds: (value) => value < 0.01,
        },
      ],
      close: async () => undefined,
    }
  },
}
