import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type CrashStep, crashScript } from '../../sandbox/crash.ts'
import type { TokenSymbol } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { isFinal } from '../../src/execution/intent.ts'
import { times } from '../full/counts.ts'
import { type Rig, rig } from './rig.ts'
import { type Kept, kept, type Spawned, spawnRun, until } from './spawned.ts'

const seed = Number(process.env.PLIMSOLL_CRASH_SEED ?? 7)
/** How a keeper sends, how often it is killed, and when. */
const modes = [
  {
    ...{ name: 'simulates first', simulate: 'always', kills: times(4, 20) },
    kinds: ['anywhere', 'slow node', 'slow relay', 'before the send', 'while it starts'],
  },
  {
    ...{ name: 'leaves first', simulate: 'never', kills: times(4, 14) },
    kinds: ['anywhere', 'slow node', 'slow relay', 'behind the send', 'reserved', 'while it starts'],
  },
] as const
type Mode = (typeof modes)[number]
type Kind = Mode['kinds'][number]
/** Prices fall and stay: a position below the line stays there until somebody liquidates it. */
const steps = crashScript(seed).filter(({ label }) => label === 'fall' || label === 'rout')

type Life = {
  readonly world: Rig
  readonly folder: string
  readonly journal: string
  readonly start: () => Spawned
}

async function life(name: string, simulate: Mode['simulate']): Promise<Life> {
  const world = await rig({ borrowers: 'few', seed, traffic: true })
  const folder = join(world.folder, name)
  const { text: usual } = await world.configure()
  const text = usual.replace('submission:\n', `submission:\n  simulate: ${simulate}\n`)
  const journal = /path: (.*)\n/.exec(text)?.[1] ?? ''
  return { world, folder, journal, start: () => spawnRun(world.folder, text, sandboxEnv(world.sandbox)) }
}

async function priceOf({ sandbox }: Rig, { prices }: CrashStep): Promise<void> {
  await sandbox.movePools(prices)
  for (const [symbol, usd] of Object.entries(prices)) await sandbox.setPrice(symbol as TokenSymbol, usd)
}

/** A block, and what the keeper has to say to it: nothing more is written for a while. */
async function followed(world: Rig, run: Spawned): Promise<void> {
  const { number } = await world.sandbox.mine()
  await until(`block ${number}`, () => run.head() >= number, run)
  for (let length = -1; length !== run.said().length; await sleep(120)) length = run.said().length
}

/** Blocks until three in a row bring nothing. */
async function toTheEnd({ world, journal }: Life, run: Spawned): Promise<void> {
  for (let quiet = 0, intents = -1; quiet < 3; ) {
    await followed(world, run)
    const now = kept(journal).intents.length
    quiet = now === intents ? quiet + 1 : 0
    intents = now
  }
}

/** As the chain tells it: of what left unwritten nothing else is known. */
const liquidated = ({ receipts }: Kept): ReadonlySet<string> =>
  new Set(receipts.flatMap(({ receipt }) => receipt.outcomes.map(({ position }) => position)))

async function undisturbed(simulate: Mode['simulate']): Promise<ReadonlySet<string>> {
  const one = await life('undisturbed', simulate)
  const run = one.start()
  try {
    await until('synced', () => run.said().includes('"event":"synced"'), run)
    for (const step of steps) {
      await priceOf(one.world, step)
      await toTheEnd(one, run)
    }
    run.signal('SIGINT')
    await run.ended
    return liquidated(kept(one.journal))
  } finally {
    run.signal('SIGKILL')
    await one.world.end()
  }
}

/** Every transaction of the operators that is on the chain. */
async function mined(
  sandbox: Sandbox,
): Promise<readonly { readonly hash: string; readonly block: number; readonly status: string }[]> {
  const latest = Number(await sandbox.rpc.request('eth_blockNumber', []))
  const operators = new Set<string>(sandbox.accounts.operators.map(({ address }) => address))
  const asks = Array.from({ length: latest + 1 }, (_, at) => ({
    method: 'eth_getBlockReceipts',
    params: [`0x${at.toString(16)}`],
  }))
  const blocks = (await sandbox.rpc.batch(asks)) as readonly {
    transactionHash: string
    from: string
    blockNumber: string
    status: string
  }[][]
  return blocks
    .flat()
    .filter(({ from }) => operators.has(from))
    .map(({ transactionHash, blockNumber, status }) => ({ hash: transactionHash, block: Number(blockNumber), status }))
}

/**
 * Killed between the send and the journal: it cannot write, and what it reserved for a bundle that was missed covers the
 * next one. @returns how many left and were not written down.
 */
async function killBehindTheSend({ world, journal }: Life, run: Spawned): Promise<number> {
  const { sandbox } = world
  sandbox.relayFaults.missBlocks = 2
  await followed(world, run)
  const isAnswered = ({ plan }: { plan: string }): boolean =>
    kept(journal).attempts.some((event) => event.plan === plan)
  await until('all sent is answered', () => kept(journal).intents.every(isAnswered), run)
  const other = new DatabaseSync(journal, { timeout: 5_000 })
  other.exec('BEGIN IMMEDIATE')
  const [before, sent] = [kept(journal).intents.length, sandbox.sends()]
  await sandbox.mine()
  const deadline = Date.now() + 3_000
  while (sandbox.sends() === sent && Date.now() < deadline) await sleep(2)
  run.signal('SIGKILL')
  await run.ended
  const left = sandbox.sends() - sent
  sandbox.relayFaults.missBlocks = 0
  other.exec('ROLLBACK')
  other.close()
  expect(kept(journal).intents.length).toBe(before)
  return left
}

/** Mines a block, opens a window wide, and kills within it. @returns what was done, for the record. */
async function killOnce({ world, journal }: Life, run: Spawned, kind: Kind, after: number): Promise<string> {
  const { sandbox } = world
  let what = `${kind} +${after} ms`
  if (kind !== 'while it starts') {
    await until('synced', () => run.said().includes('"event":"synced"'), run)
    sandbox.proxy.setDelay(kind === 'slow node' ? 40 : 0)
    sandbox.relayFaults.delayMs = kind === 'slow relay' ? 150 : 0
    const before = kept(journal).intents.length
    // The intent is durable, and its simulation never answers: not a byte has left.
    if (kind === 'behind the send') return `${kind} of ${await killBehindTheSend({ world, journal } as Life, run)}`
    if (kind === 'reserved') sandbox.relayFaults.answers.push({ kind: 'forget', times: 2, method: 'eth_sendBundle' })
    if (kind === 'before the send') sandbox.proxy.faults.push({ method: 'eth_simulateV1', kind: 'hang', times: 100 })
    await sandbox.mine()
    if (kind === 'before the send') {
      const deadline = Date.now() + 600
      while (kept(journal).intents.length === before && Date.now() < deadline) await sleep(5)
      what = `${kind} of ${kept(journal).intents.length - before}`
    }
  }
  if (kind !== 'before the send') await sleep(after)
  run.signal('SIGKILL')
  expect(await run.ended).toBe('SIGKILL')
  sandbox.proxy.setDelay(0)
  sandbox.proxy.faults.length = 0
  sandbox.relayFaults.answers.length = 0
  return what
}

it.each(modes)(
  'killed at $kills random moments of a crash and restarted, one that $name loses no intent and sends nothing twice',
  async ({ simulate, kills, kinds }) => {
    const random = seeded(seed)
    const one = await life('killed', simulate)
    const { world, journal } = one
    const moments: string[] = []
    const rout = Math.ceil(kills * 0.6)
    let run = one.start()
    try {
      for (let kill = 0; kill < kills; kill += 1) {
        if (kill === 2 || kill === rout) await priceOf(world, steps[kill === 2 ? 0 : 1] as CrashStep)
        const kind = kinds[Math.floor(random() * kinds.length)] as Kind
        const after = Math.floor(random() * (kind === 'while it starts' ? 1_000 : 250))
        moments.push(await killOnce(one, run, kind, after))
        if (random() < 0.4) await world.sandbox.mine()
        run = one.start()
      }
      world.sandbox.relayFaults.delayMs = 0
      process.stdout.write(`crash seed ${seed}; killed: ${moments.join(', ')}\n`)
      await until('synced', () => run.said().includes('"event":"synced"'), run)
      await toTheEnd(one, run)
      run.signal('SIGINT')
      expect(await run.ended).toBe(0)
      const end = kept(journal)
      const onChain = await mined(world.sandbox)
      process.stdout.write(
        `${end.intents.length} intents (${end.intents.filter(({ strategy }) => strategy === 'untold').length} untold), ${onChain.length} transactions, ${liquidated(end).size} positions\n`,
      )
      // Every intent has its fate.
      for (const { plan } of end.intents) {
        const fate = end.attempts.filter((event) => event.plan === plan).at(-1)
        expect([plan, fate !== undefined && isFinal(fate.status)]).toEqual([plan, true])
      }
      // Nothing is on the chain that was not an intent first, none twice, and the journal knows of each.
      expect(new Set(onChain.map(({ hash }) => hash)).size).toBe(onChain.length)
      for (const { hash, status } of onChain) {
        const intents = end.intents.filter((intent) => intent.hash === hash)
        expect(intents.length).toBe(1)
        expect(status).toBe('0x1')
        expect(end.receipts.filter(({ receipt }) => receipt.transactionHash === hash)).toHaveLength(1)
      }
      const plans = onChain.map(({ hash }) => end.intents.find((intent) => intent.hash === hash)?.plan)
      expect(new Set(plans).size).toBe(plans.length)
      // Two attempts on one position are never open for the same block.
      const open = new Set<string>()
      const left = end.intents.filter(
        ({ plan }) => !end.attempts.some((event) => event.plan === plan && /refused|withheld/.test(event.status)),
      )
      for (const { block, hash, steps: acts } of left) {
        for (const { position } of acts) {
          const key = `${block} ${position}`
          expect([
            key,
            open.has(key) &&
              left.some(
                (other) =>
                  other.block === block &&
                  other.hash !== hash &&
                  other.steps.some((step) => step.position === position),
              ),
          ]).toEqual([key, false])
          open.add(key)
        }
      }
      expect([...liquidated(end)].sort()).toEqual([...(await undisturbed(simulate))].sort())
    } finally {
      run.signal('SIGKILL')
      await world.end()
    }
    rmSync(one.folder, { recursive: true, force: true })
  },
  420_000,
)

it.each(['while it is away', 'after it is back'])(
  'killed between the send and the journal, it finds what it never wrote down and settles it: landed %s',
  async (when) => {
    const one = await life('untold', 'never')
    const { world, journal } = one
    let run = one.start()
    try {
      await until('synced', () => run.said().includes('"event":"synced"'), run)
      await priceOf(world, steps[0] as CrashStep)
      await followed(world, run)
      expect(await killBehindTheSend(one, run)).toBeGreaterThan(0)
      if (when === 'while it is away') await world.sandbox.mine()
      run = one.start()
      await until('synced', () => run.said().includes('"event":"synced"'), run)
      await toTheEnd(one, run)
      run.signal('SIGINT')
      expect(await run.ended).toBe(0)
      const end = kept(journal)
      const untold = end.intents.filter(({ strategy }) => strategy === 'untold')
      const onChain = await mined(world.sandbox)
      process.stdout.write(`${untold.length} untold of ${end.intents.length} intents, ${onChain.length} transactions\n`)
      expect(untold.length).toBeGreaterThan(0)
      for (const { hash, status } of onChain) {
        expect(status).toBe('0x1')
        expect(end.intents.filter((intent) => intent.hash === hash)).toHaveLength(1)
        expect(end.receipts.filter(({ receipt }) => receipt.transactionHash === hash)).toHaveLength(1)
      }
      for (const { plan } of untold) {
        const receipt = end.receipts.find((other) => other.plan === plan)?.receipt
        expect(receipt?.outcomes.length).toBeGreaterThan(0)
      }
    } finally {
      run.signal('SIGKILL')
      await world.end()
    }
  },
  120_000,
)
