import { Interface } from 'ethers'
import { afterEach, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { signerOf } from '../../sandbox/signer.ts'
import { type Live, type Rig, rig } from './rig.ts'

const weth = new Interface(['function deposit() payable', 'function approve(address, uint256)'])
const pool = new Interface(['function supply(address, uint256, address, uint16)'])

let world: Rig | undefined
afterEach(() => world?.end())

/** Requests by method, without the looks for a new head: these go by the clock. */
async function callsOf(keeper: Live, sandbox: Rig['sandbox']): Promise<Readonly<Record<string, number>>> {
  const before = sandbox.counts()
  await keeper.block()
  const made = Object.entries(sandbox.counts()).map(
    ([method, count]) => [method, count - (before[method] ?? 0)] as const,
  )
  return Object.fromEntries(made.filter(([method, count]) => count > 0 && method !== 'eth_getBlockByNumber').sort())
}

/** Somebody puts ether in for one borrower: logs of that borrower, and of the reserve. */
async function supplyFor({ sandbox }: Rig, borrower: Address): Promise<void> {
  const signer = signerOf(sandbox.rpc, sandbox.accounts.owner, sandbox.chainId)
  const { weth: token, aave } = sandbox.addresses
  const amount = 10n ** 18n
  const encoded = (abi: Interface, name: string, args: readonly unknown[]): Hex =>
    abi.encodeFunctionData(name, args) as Hex
  await signer.send(
    { to: token, data: encoded(weth, 'deposit', []), value: amount },
    { to: token, data: encoded(weth, 'approve', [aave['3.6'].pool, amount]) },
    { to: aave['3.6'].pool, data: encoded(pool, 'supply', [token, amount, borrower, 0]) },
  )
}

async function costs(borrowers: number): Promise<readonly Readonly<Record<string, number>>[]> {
  world = await rig({ borrowers, aave: ['3.6'], traffic: true })
  const { sandbox } = world
  const { config } = await world.configure()
  const before = sandbox.counts().eth_call ?? 0
  const keeper = await world.live({ ...config, drift: { everyBlocks: 1, sample: 8 } })
  const positions = keeper.keeper.mirror().books.size().positions
  expect(positions).toBeGreaterThanOrEqual(borrowers)
  const reading = (sandbox.counts().eth_call ?? 0) - before
  await keeper.block()
  const idle = await callsOf(keeper, sandbox)
  const [first] = keeper.keeper.mirror().modules.strategies
  const [somebody] = first === undefined ? [] : keeper.keeper.mirror().books.shelf(first.key).positions()
  await supplyFor(world, somebody?.owner as Address)
  await sandbox.setPrice('WSTETH', 3_590n * 10n ** 8n)
  const busy = await callsOf(keeper, sandbox)
  const after = await callsOf(keeper, sandbox)
  process.stdout.write(
    `${positions} positions: ${reading} calls to read them all; idle block ${JSON.stringify(idle)}, `,
  )
  process.stdout.write(`block with a borrower's activity and a price ${JSON.stringify(busy)}\n`)
  expect(keeper.lines.filter((line) => line.includes('"event":"drift"'))).toEqual([])
  expect(keeper.faults).toEqual([])
  await world.end()
  world = undefined
  return [idle, busy, after]
}

it('a block costs the same calls at 100 positions and at 10,000', async () => {
  const few = await costs(100)
  const many = await costs(10_000)
  expect(many).toEqual(few)
  expect(Object.keys(few[0] ?? {})).not.toEqual([])
}, 180_000)
