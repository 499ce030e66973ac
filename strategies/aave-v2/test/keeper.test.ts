import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { type Live, type Rig, rig, sendAs } from '../../../test/keeper/rig.ts'
import { pool as poolAbi } from '../fixture/deeds.ts'
import fixture, { type AaveGround } from '../fixture/index.ts'

const token = new Interface([...erc20Abi, 'function deposit() payable'])
const provider = new Interface(['function getLendingPool() view returns (address)'])

type Kept = {
  readonly receipt: { readonly status: string; readonly outcomes: readonly { readonly kind: string }[] }
  readonly exactness: Readonly<Record<'repay' | 'seize' | 'swapOut', readonly bigint[]>> & {
    readonly isComparable: boolean
    readonly profit: bigint
  }
  readonly gained: bigint
}

describe('a keeper on Aave V2', () => {
  let world: Rig
  let keeper: Live
  let pool: Address
  beforeAll(async () => {
    world = await rig({ borrowers: 'none', aave: ['3.6'], traffic: true, protocols: [{ fixture }] })
    const { provider: at } = world.sandbox.protocols[0]!.addresses as AaveGround
    const data = provider.encodeFunctionData('getLendingPool')
    pool = addressOfWord((await world.sandbox.rpc.request('eth_call', [{ to: at, data }, 'latest'])) as Hex)
    keeper = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())

  const as = (from: Address, to: Address, of: Interface, name: string, values: readonly unknown[], value = 0n) =>
    sendAs(world, keeper, { from, to, data: of.encodeFunctionData(name, values), value })

  /** So much ether as collateral, and dollars owed on it at each rate. */
  async function borrow(who: Address, ether: bigint, stable: bigint, variable: bigint): Promise<void> {
    const { WETH, USDC } = world.sandbox.addresses.tokens
    await world.sandbox.rpc.request('anvil_setBalance', [who, `0x${(ether + 10n ** 18n).toString(16)}`])
    await as(who, WETH.address, token, 'deposit', [], ether)
    await as(who, WETH.address, token, 'approve', [pool, ether])
    await as(who, pool, poolAbi, 'deposit', [WETH.address, ether, who, 0])
    for (const [mode, dollars] of [stable, variable].entries())
      await as(who, pool, poolAbi, 'borrow', [USDC.address, dollars * 10n ** 6n, mode + 1, 0, who])
  }
  const receipts = (): readonly Kept[] =>
    keeper.journal.select({ streams: ['receipt'] }).map(({ record }) => record as never as Kept)

  it('liquidates debt at both rates through the executor, and is 0 wei off', async () => {
    const who = `0x${'c0'.repeat(20)}` as Address
    await borrow(who, 20n * 10n ** 18n, 40_000n, 7_000n)
    expect(keeper.intents()).toHaveLength(0)
    await world.price('WETH', 2_640)
    for (let blocks = 0; blocks < 8 && receipts().length === 0; blocks += 1) await keeper.block()
    // As often as it pays: half of what is left stays below the line.
    const steps = keeper.intents()[0]?.steps ?? []
    expect(new Set(steps.map(({ position }) => position))).toEqual(new Set([`${pool}/${who}`]))
    const [first] = receipts()
    expect(first?.receipt.status).toBe('included')
    expect(first?.receipt.outcomes.map(({ kind }) => kind)).toEqual(steps.map(() => 'liquidate'))
    const { exactness, gained } = first!
    expect(exactness.isComparable).toBe(true)
    for (const off of [...exactness.repay, ...exactness.seize, ...exactness.swapOut, exactness.profit])
      expect(off).toBe(0n)
    expect(gained).toBeGreaterThan(0n)
    process.stdout.write(`liquidate: ${gained} wei gained, off by ${exactness.profit}\n`)
  })

  it('nothing was drawn into doubt, and nothing failed', () => {
    expect(keeper.faults).toEqual([])
    expect(keeper.lines.filter((line) => line.includes('"drift"'))).toEqual([])
  })
})
