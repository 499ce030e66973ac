import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compoundV3 } from '#abis/compound-v3.ts'
import { erc20Abi } from '#abis/erc20.ts'
import type { Address, Hex } from '#core/address.ts'
import { type Live, type Rig, rig, sendAs } from '../../../test/keeper/rig.ts'
import type { CometAddresses } from '../fixture/addresses.ts'
import fixture from '../fixture/index.ts'

const main = new Interface(compoundV3)
const token = new Interface([...erc20Abi, 'function mint(address to, uint256 units)', 'function deposit() payable'])

type Kept = {
  readonly receipt: { readonly status: string; readonly outcomes: readonly { readonly kind: string }[] }
  readonly exactness: Readonly<Record<'repay' | 'seize' | 'swapOut', readonly bigint[]>> & {
    readonly isComparable: boolean
    readonly profit: bigint
  }
  readonly gained: bigint
}

describe('a keeper on a Comet', () => {
  let world: Rig
  let keeper: Live
  let comet: Address
  beforeAll(async () => {
    world = await rig({ borrowers: 'none', aave: ['3.6'], traffic: true, protocols: [{ fixture }] })
    comet = (world.sandbox.protocols[0]!.addresses as CometAddresses).comet
    keeper = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())

  const as = (from: Address, to: Address, of: Interface, name: string, values: readonly unknown[], value = 0n) =>
    sendAs(world, keeper, { from, to, data: of.encodeFunctionData(name, values), value })
  const read = async (name: string, ...values: readonly unknown[]): Promise<bigint> => {
    const data = main.encodeFunctionData(name, values)
    return BigInt((await world.sandbox.rpc.request('eth_call', [{ to: comet, data }, 'latest'])) as Hex)
  }

  /** So much ether as collateral, and dollars owed on it. */
  async function borrow(who: Address, ether: bigint, dollars: bigint): Promise<void> {
    const { tokens } = world.sandbox.addresses
    const weth = tokens.WETH.address
    await world.sandbox.rpc.request('anvil_setBalance', [who, `0x${(ether + 10n ** 18n).toString(16)}`])
    await as(who, weth, token, 'deposit', [], ether)
    await as(who, weth, token, 'approve', [comet, ether])
    await as(who, comet, main, 'supply', [weth, ether])
    await as(who, comet, main, 'withdraw', [tokens.USDC.address, dollars * 10n ** 6n])
  }
  const receipts = (): readonly Kept[] =>
    keeper.journal.select({ streams: ['receipt'] }).map(({ record }) => record as never as Kept)
  const acts = () => keeper.intents().filter(({ strategy }) => strategy === 'compound-v3')

  /** Blocks until so many acts on the Comet have their receipts. */
  async function until(count: number): Promise<void> {
    for (let blocks = 0; blocks < 8 && receipts().length < keeper.intents().length + 1; blocks += 1) {
      await keeper.block()
      if (acts().length >= count && receipts().length >= keeper.intents().length) return
    }
  }
  const isExact = ({ exactness, receipt }: Kept): void => {
    expect(receipt.status).toBe('included')
    expect(exactness.isComparable).toBe(true)
    for (const off of [...exactness.repay, ...exactness.seize, ...exactness.swapOut, exactness.profit])
      expect(off).toBe(0n)
  }

  it('absorbs and buys in one transaction, sells what it bought, and is 0 wei off', async () => {
    const who = `0x${'c0'.repeat(20)}` as Address
    await borrow(who, 20n * 10n ** 18n, 48_000n)
    expect(await read('borrowBalanceOf', who)).toBeGreaterThanOrEqual(48_000n * 10n ** 6n)
    expect(acts()).toHaveLength(0)
    await world.price('WETH', 2_640)
    await until(1)
    const [intent] = acts()
    expect(intent?.steps.map(({ position }) => position)).toEqual([`${comet}/${who}`])
    const receipt = receipts().find((one) => one.receipt.outcomes.some(({ kind }) => kind === 'absorb-buy'))!
    isExact(receipt)
    expect(receipt.gained).toBeGreaterThan(0n)
    expect(await read('borrowBalanceOf', who)).toBe(0n)
    process.stdout.write(`absorb-buy: ${receipt.gained} wei gained, off by ${receipt.exactness.profit}\n`)
  })

  it('buys what somebody else absorbed, and is 0 wei off', async () => {
    const { tokens } = world.sandbox.addresses
    const before = receipts().length
    const rest = await read('getCollateralReserves', tokens.WETH.address)
    // As if left by an absorption that nobody bought from.
    await world.sandbox.rpc.request('anvil_setBalance', [`0x${'c1'.repeat(20)}`, `0x${(10n ** 20n).toString(16)}`])
    const giver = `0x${'c1'.repeat(20)}` as Address
    await as(giver, tokens.WETH.address, token, 'deposit', [], 5n * 10n ** 18n)
    await as(giver, tokens.WETH.address, token, 'transfer', [comet, 5n * 10n ** 18n])
    await keeper.block()
    await keeper.block()
    const bought = receipts().slice(before)
    const receipt = bought.find((one) => one.receipt.outcomes.some(({ kind }) => kind === 'buy'))!
    isExact(receipt)
    expect(await read('getCollateralReserves', tokens.WETH.address)).toBeLessThan(rest + 5n * 10n ** 18n)
    process.stdout.write(`buy: ${receipt.gained} wei gained, off by ${receipt.exactness.profit}\n`)
  })

  it('nothing was drawn into doubt, and nothing failed', () => {
    expect(keeper.faults).toEqual([])
    expect(keeper.lines.filter((line) => line.includes('"drift"'))).toEqual([])
  })
})
