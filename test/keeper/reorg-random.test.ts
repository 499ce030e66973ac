import { setTimeout as sleep } from 'node:timers/promises'
import { Interface } from 'ethers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { seeded } from '../../sandbox/seeded.ts'
import { signerOf } from '../../sandbox/signer.ts'
import { passes } from '../../src/chain/heads.ts'
import { isUndone } from '../../src/cli/undone-blocks.ts'
import type { Entry } from '../../src/journal/select.ts'
import { times } from '../full/counts.ts'
import { expectAsFresh } from './as-fresh.ts'
import { type Live, type Rig, rig, type Symbol as Token } from './rig.ts'

const reorgs = times(20, 200)
const deepest = 64
/** A bootstrap costs as much as several reorgs: after so many, and after the last, the book is compared with one. */
const comparedEvery = 20
/** The keeper comes to rest in between only now and then. */
const settledEvery = 5
const symbols: readonly Token[] = ['WETH', 'WBTC', 'LINK', 'WSTETH']
const dollars: Readonly<Record<string, number>> = { WETH: 2_950, WBTC: 60_000, LINK: 15, WSTETH: 3_590 }

const pool = new Interface([
  'function supply(address, uint256, address, uint16)',
  'function borrow(address, uint256, uint256, uint16, address)',
  'function repay(address, uint256, uint256, address)',
])
const token = new Interface(['function deposit() payable', 'function approve(address, uint256)'])

let world: Rig
beforeAll(async () => {
  world = await rig({ borrowers: 'few', aave: ['3.6'] })
}, 120_000)
afterAll(() => world?.end())

/** What others do: an oracle's prices, pools traded through, somebody who supplies, borrows and repays. */
async function happens(random: () => number): Promise<void> {
  const { sandbox } = world
  const { aave, weth } = sandbox.addresses
  const below = (n: number): number => Math.floor(random() * n)
  const symbol = symbols[below(symbols.length)] ?? 'WETH'
  const usd = BigInt(Math.round((dollars[symbol] ?? 1) * (0.9 + random() * 0.2) * 1e8))
  const kind = below(5)
  if (kind < 2) return void (await sandbox.setPrice(symbol, usd))
  if (kind === 2) return void (await sandbox.movePools({ [symbol]: usd }))
  const { owner } = sandbox.accounts
  const signer = signerOf(sandbox.rpc, owner, sandbox.chainId)
  const amount = BigInt(1 + below(1_000)) * 10n ** 15n
  const call = (to: typeof weth, abi: Interface, name: string, args: readonly unknown[], value = 0n) => ({
    ...{ to, value, gas: 600_000n },
    data: abi.encodeFunctionData(name, args) as Hex,
  })
  const market = aave['3.6'].pool
  if (kind === 3)
    await signer.send(
      call(weth, token, 'deposit', [], amount),
      call(weth, token, 'approve', [market, amount]),
      call(market, pool, 'supply', [weth, amount, owner.address, 0]),
    )
  else
    await signer.send(
      call(market, pool, 'borrow', [weth, amount / 4n, 2, 0, owner.address]),
      call(weth, token, 'approve', [market, amount / 8n]),
      call(market, pool, 'repay', [weth, amount / 8n, 2, owner.address]),
    )
}

/** Blocks with something in a few of them, wherever these fall. */
async function grow(blocks: number, random: () => number): Promise<void> {
  const { rpc } = world.sandbox
  for (let left = blocks; left > 0; ) {
    const empty = Math.min(left - 1, Math.floor(random() * left))
    if (empty > 0) await rpc.request('anvil_mine', [`0x${empty.toString(16)}`, '0xc'])
    await happens(random)
    await rpc.request('evm_mine', [])
    left -= empty + 1
  }
}

async function caughtUp(keeper: Live): Promise<void> {
  const { hash } = (await world.sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: string }
  for (let tries = 0; keeper.keeper.head()?.hash !== hash; tries += 1) {
    if (tries > 6_000)
      throw new Error(`the keeper stands at ${keeper.keeper.head()?.block.number}, the chain at ${hash}`)
    await sleep(2)
  }
}

it(`${reorgs} random reorgs up to ${deepest} deep leave the book as if just read, and mark what was said of what is gone`, async () => {
  const seed = Number(process.env.PLIMSOLL_TEST_SEED ?? Date.now() % 1e9)
  const random = seeded(seed)
  const { rpc } = world.sandbox
  const { config } = await world.configure({ dryRun: true })
  await grow(deepest + 2, random)
  const chain = { ...config.chain, rpc: world.sandbox.proxy.wsUrl }
  const keeper = await world.live({ ...config, chain })
  await grow(deepest + 1, random)
  await caughtUp(keeper)
  await keeper.keeper.idle()
  let [compared, most] = [0, 0]
  for (let count = 1; count <= reorgs; count += 1) {
    // Nearly all are shallow, as on a chain; one in twenty is as deep as can be undone, or near it.
    const depth = random() < 0.05 ? deepest - Math.floor(random() * 4) : 1 + Math.floor(random() ** 3 * 12)
    await rpc.request('anvil_rollback', [depth])
    await grow(depth + (random() < 0.5 ? 1 : 0), random)
    await caughtUp(keeper)
    most = Math.max(most, depth)
    // Most come while what the one before has made doubtful is still being read: at a block that is gone by then.
    if (count % settledEvery === 0 || count === reorgs) await keeper.keeper.idle()
    if (count % comparedEvery > 0 && count < reorgs) continue
    await expectAsFresh(world, keeper)
    compared += 1
  }
  // What nobody waits for is committed in batches.
  await sleep(100)
  const undone = keeper.journal.select({ streams: ['undone'] })
  const said = keeper.journal.select({ streams: ['verdict', 'intent'] })
  // Where the new branch begins with the same empty blocks, these are the same blocks, and stay.
  const gone = undone.flatMap(({ record }) => record.hashes as readonly string[]).length
  const marked = said.filter((entry) => isUndone(entry, undone))
  process.stdout.write(
    `seed ${seed}: ${reorgs} reorgs, ${gone} blocks undone, the deepest reorg ${most}; ${compared} comparisons with a fresh ` +
      `bootstrap; ${marked.length} of ${said.length} verdicts and intents marked\n`,
  )
  expect(undone.length).toBe(reorgs)
  expect(gone).toBeGreaterThan(2 * reorgs)
  expect(marked.length).toBeGreaterThan(0)
  expectMarksAreTrue(said, undone)
  expect(keeper.lines.filter((line) => line.includes('"event":"synced"')).length).toBe(1)
  // A read at a block that is gone is refused, and told; nothing may have gone wrong that does not pass.
  for (const fault of keeper.faults) expect([fault.message, passes(fault)]).toEqual([fault.message, true])
}, 900_000)

/** Whatever was said upon a height before that height was undone is marked, and what was said after all of it is not. */
function expectMarksAreTrue(said: readonly Entry[], undone: readonly Entry[]): void {
  for (const entry of said) {
    const stoodOn = Number(entry.record.block) - 1
    const later = undone.filter(({ seq }) => seq > entry.seq)
    const isGone = later.some(({ record: { to, hashes } }) => {
      const depth = Number(to) - stoodOn
      return depth >= 0 && depth < (hashes as readonly string[]).length
    })
    expect([entry.seq, isUndone(entry, undone)]).toEqual([entry.seq, isGone])
  }
}
