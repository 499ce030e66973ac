import { setTimeout as sleep } from 'node:timers/promises'
import { Interface } from 'ethers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PositionPlan } from '../../sandbox/borrowers/position.ts'
import { usd } from '../../sandbox/market-data.ts'
import { type Database, startPostgres } from '../../sandbox/postgres.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { type AttemptEvent, type Intent, isFinal } from '../../src/execution/intent.ts'
import { type JournalReader, journalName, readPostgresJournal } from '../../src/journal/open-postgres-journal.ts'
import { times } from '../full/counts.ts'
import { type Keeping, keeping } from './pair.ts'
import { type Rig, rig } from './rig.ts'

const seed = Number(process.env.PLIMSOLL_FAIL_OVER_SEED ?? 23)
const via = process.env.PLIMSOLL_FAIL_OVER_VIA === 'public' ? 'public' : 'bundle'
const blows = Number(process.env.PLIMSOLL_BLOWS ?? times(1, 100))
/** Real milliseconds from block to block: more where the machine is so busy that a start takes long. */
let blockMs = 2_000
/** Of the lease: well below. */
const leaseMs = 800
/** Blocks that a liquidation may wait longer than without any blow. */
const lostMost = 2
const restBlocks = 4

/** Each price step carries two over the line, each for less than what Aave closes by halves. */
const ladder: readonly PositionPlan[] = Array.from({ length: blows * 2 + 2 }, (_, at) => {
  const health = 1.036 * 1.002 ** at
  const collateral = (1_900 * health) / 0.83
  return {
    label: `rung ${at}`,
    version: '3.6',
    emode: 0,
    collateral: [['WETH', collateral]],
    debt: [['USDC', 1]],
    health,
  }
})
const priceAfter = (steps: number): number => (3_000 / 1.036) * 0.9995 * 0.998 ** (2 * steps)

const kinds = ['kill', 'pause', 'database close', 'database hang', 'node close', 'node hang'] as const
type Kind = (typeof kinds)[number]

let world: Rig
let server: Database
let reader: JournalReader
let keepers: readonly Keeping[] = []
beforeAll(async () => {
  world = await rig({ borrowers: ladder, seed, traffic: true, aave: ['3.6'] })
  server = await startPostgres()
  const url = await server.create('pair')
  const { text, config } = await world.configure({ isSocket: true, via })
  const shared = text
    .replace('journal:\n', `journal:\n  url: \${DATABASE_URL}\n  leaseMs: ${leaseMs}\n`)
    .replace('submission:\n', 'submission:\n  simulate: never\n')
    // Who falls is seen when the price has landed: whoever leads then has until the next block.
    .replace('chain:\n', 'chain:\n  pending: false\n')
  const beganMs = performance.now()
  keepers = await Promise.all(['a', 'b'].map((name) => keeping(world, name, shared, url)))
  await until('both are up', () => keepers.every((one) => one.isUp()))
  blockMs = Math.max(blockMs, (performance.now() - beganMs) / 4)
  reader = await readPostgresJournal(url, journalName(config.chain.id, config.executor?.address ?? null, 'all'))
}, 300_000)
afterAll(async () => {
  for (const one of keepers) await one.stop()
  await reader?.close()
  await server?.stop()
  await world?.end()
})

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 240_000
  while (!holds()) {
    if (performance.now() > deadline)
      throw new Error(`${what}: not in time\n${keepers.map((one) => `${one.name}\n${one.tail()}`).join('\n')}`)
    await sleep(5)
  }
}

/** Who is below the line by the protocol's own word, at the newest block: of the rungs about the newest price. */
async function below(rung: number): Promise<ReadonlySet<string>> {
  const { sandbox } = world
  const to = sandbox.addresses.aave['3.6'].pool
  const read = new Interface([
    'function getUserAccountData(address) view returns (uint256,uint256,uint256,uint256,uint256,uint256)',
  ])
  const about = new Set(Array.from({ length: 14 }, (_, at) => `rung ${rung + at - 10}`))
  const borrowers = sandbox.accounts.borrowers.flatMap(({ label, address }) => (about.has(label) ? [address] : []))
  const asks = borrowers.map((one) => ({
    method: 'eth_call',
    params: [{ to, data: read.encodeFunctionData('getUserAccountData', [one]) }, 'latest'],
  }))
  const answers = (await sandbox.rpc.batch(asks)) as readonly string[]
  return new Set(borrowers.filter((_, at) => BigInt(`0x${answers[at]?.slice(-64)}`) < 10n ** 18n))
}

/** Blocks by the clock, whatever happens meanwhile; how long each has been below the line is counted at each. */
function chain() {
  const waited = new Map<string, number>()
  const longest = new Map<string, number>()
  let isOver = false
  let number = 0
  let rung = 0
  const round = async (): Promise<void> => {
    while (!isOver) {
      const began = performance.now()
      number = (await world.sandbox.mine()).number
      const under = await below(rung)
      for (const one of waited.keys()) if (!under.has(one)) waited.delete(one)
      for (const one of under) {
        waited.set(one, (waited.get(one) ?? 0) + 1)
        longest.set(one, Math.max(longest.get(one) ?? 0, waited.get(one) ?? 0))
      }
      await sleep(Math.max(0, blockMs - (performance.now() - began)))
    }
  }
  const running = round()
  return {
    longest,
    waited,
    number: () => number,
    climb: (to: number) => {
      rung = to
    },
    end: async () => {
      isOver = true
      await running
    },
  }
}

/** One blow at who leads. @returns what ends it. */
function strike(one: Keeping, kind: Kind): () => void {
  if (kind === 'kill') {
    one.signal('SIGKILL')
    return one.start
  }
  if (kind === 'pause') {
    one.signal('SIGSTOP')
    return () => one.signal('SIGCONT')
  }
  const [what, how] = kind.split(' ') as ['database' | 'node', 'close' | 'hang']
  one[what].part(how)
  return one[what].heal
}

type Tx = { readonly hash: string; readonly nonce: number; readonly from: string; readonly status: string }
async function mined(): Promise<readonly Tx[]> {
  const { rpc, accounts } = world.sandbox
  const latest = Number(await rpc.request('eth_blockNumber', []))
  const operators = new Set<string>(accounts.operators.map(({ address }) => address))
  const hex = (at: number): string => `0x${at.toString(16)}`
  const numbers = Array.from({ length: latest + 1 }, (_, at) => hex(at))
  const blocks = (await rpc.batch(
    numbers.map((at) => ({ method: 'eth_getBlockByNumber', params: [at, true] })),
  )) as readonly { transactions: { hash: string; from: string; nonce: string }[] }[]
  const ours = blocks.flatMap(({ transactions }) => transactions).filter(({ from }) => operators.has(from))
  const receipts = (await rpc.batch(
    ours.map(({ hash }) => ({ method: 'eth_getTransactionReceipt', params: [hash] })),
  )) as readonly { status: string }[]
  return ours.map(({ hash, nonce, from }, at) => ({
    hash,
    from,
    nonce: Number(nonce),
    status: receipts[at]?.status ?? '',
  }))
}

it(
  `of two keepers the leader is struck ${blows} times in a crash, and nothing lands twice or is lost for long (seed ${seed})`,
  async () => {
    const random = seeded(seed)
    const { sandbox } = world
    const blocks = chain()
    const told: string[] = []
    const tookMs: number[] = []
    const isWell = (): boolean =>
      keepers.filter((one) => one.isLeading()).length === 1 &&
      keepers.every((one) => one.isUp() && one.head() >= blocks.number() && blocks.number() > 0)
    try {
      for (let blow = 0; blow < blows; blow += 1) {
        await until('one leads, the other stands by', isWell)
        const leader = keepers.find((one) => one.isLeading()) as Keeping
        const other = keepers.find((one) => one !== leader) as Keeping
        blocks.climb(2 * blow)
        const prices = { WETH: usd(priceAfter(blow)) }
        await sandbox.movePools(prices)
        await sandbox.setPrice('WETH', prices.WETH)
        const landsIn = blocks.number() + 1
        await sleep(random() * blockMs * 1.5)
        const kind = blow === 0 ? 'kill' : (kinds[Math.floor(random() * kinds.length)] as Kind)
        const struckAt = performance.now()
        const heal = strike(leader, kind)
        const lasts = 300 + random() * 3_000
        await sleep(lasts)
        const isOver = other.tookAtMs() > struckAt
        heal()
        await until('blocks pass', () => blocks.number() >= landsIn + restBlocks)
        const took = other.tookAtMs() > struckAt ? other.tookAtMs() - struckAt : null
        if (took !== null) tookMs.push(took)
        told.push(
          `${kind} ${Math.round(lasts)} ms: ${took === null ? 'kept' : `taken over in ${Math.round(took)} ms`}${isOver ? '' : ' (healed first)'}`,
        )
      }
      await until('the end is quiet', () => isWell() && blocks.waited.size === 0)
    } finally {
      await blocks.end()
      process.stdout.write(`fail-over seed ${seed}, a block every ${Math.round(blockMs)} ms\n${told.join('\n')}\n`)
    }
    await report(tookMs, blocks.longest)
  },
  blows * 120_000 + 120_000,
)

async function report(tookMs: number[], longest: ReadonlyMap<string, number>): Promise<void> {
  const sorted = tookMs.toSorted((a, b) => a - b).map(Math.round)
  const onChain = await mined()
  const of = async <T>(stream: string): Promise<readonly T[]> =>
    (await reader.select({ streams: [stream] })).map(({ record }) => record as unknown as T)
  const intents = await of<Intent>('intent')
  const attempts = await of<AttemptEvent>('attempt')
  const lost = [...longest.values()].map((heads) => heads - 1)
  const histogram = Map.groupBy(lost, (blocks) => blocks)
  process.stdout.write(
    `${tookMs.length} take-overs: ${sorted[0]} to ${sorted.at(-1)} ms, median ${sorted[Math.floor(sorted.length / 2)]}; ` +
      `${onChain.length} transactions, ${intents.length} intents (${intents.filter(({ strategy }) => strategy === 'untold').length} untold); ` +
      `${lost.length} positions, blocks lost: ${[...histogram]
        .sort()
        .map(([blocks, of]) => `${blocks}: ${of.length}`)
        .join(', ')}\n`,
  )
  // At most one of each nonce is there, none reverted, and the journal knows which.
  expect(new Set(onChain.map(({ from, nonce }) => `${from} ${nonce}`)).size).toBe(onChain.length)
  for (const { hash, status } of onChain) {
    expect(status).toBe('0x1')
    expect(intents.filter((intent) => intent.hash === hash).length, hash).toBe(1)
  }
  for (const { plan } of intents) {
    const fate = attempts.filter((event) => event.plan === plan && event.status !== 'final').at(-1)
    expect([plan, fate !== undefined && isFinal(fate.status)]).toEqual([plan, true])
  }
  // Nobody is tried for one block on two nonces: one of them could land beside the other.
  const isLeft = ({ plan }: Intent): boolean =>
    !attempts.some((event) => event.plan === plan && /refused|withheld/.test(event.status))
  const tried = Map.groupBy(
    intents
      .filter(isLeft)
      .flatMap(({ steps, block, lane, nonce }) =>
        steps.map(({ position }) => ({ key: `${block} ${position}`, on: `${lane} ${nonce}` })),
      ),
    ({ key }) => key,
  )
  for (const [key, ways] of tried) expect([key, new Set(ways.map(({ on }) => on)).size]).toEqual([key, 1])
  // The first blow kills: whoever stood by took over.
  expect(tookMs.length).toBeGreaterThan(0)
  expect(lost.length).toBe(blows * 2 - 1)
  expect(Math.max(...lost)).toBeLessThanOrEqual(lostMost)
}
