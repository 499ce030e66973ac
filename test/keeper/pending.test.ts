import { Interface, keccak256, Transaction } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { Receipt } from '#core/receipt.ts'
import type { PositionPlan } from '../../sandbox/borrowers/position.ts'
import { CUTOFF_SECONDS } from '../../sandbox/deploy/oracles.ts'
import { symbols, type TokenSymbol } from '../../sandbox/market-data.ts'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'
import { type Live, type Rig, rig } from './rig.ts'

const erc20 = new Interface(['function balanceOf(address) view returns (uint256)'])
const owes = (label: string, collateral: TokenSymbol, dollars: number, health: number): PositionPlan => ({
  ...{ label, version: '3.6', emode: 0, health },
  collateral: [[collateral, dollars]],
  debt: [['USDC', 1]],
})

/** A chain of its own, on which only what a test transmits moves a price. */
function chain(options: SandboxOptions): { readonly world: () => Rig; readonly keeper: () => Live } {
  let world: Rig
  let keeper: Live
  beforeAll(async () => {
    world = await rig({ aave: ['3.6'], traffic: true, ...options })
    keeper = await world.live((await world.configure()).config)
  })
  afterAll(() => world?.end())
  return { world: () => world, keeper: () => keeper }
}

type Mined = readonly { readonly transactionHash: Hex; readonly status: string; readonly transactionIndex: string }[]
const minedIn = (world: Rig, number: number): Promise<Mined> =>
  world.sandbox.rpc.request('eth_getBlockReceipts', [`0x${number.toString(16)}`]) as Promise<Mined>
const usd = (dollars: number): bigint => BigInt(Math.round(dollars * 1e8))

/** As the node's subscription would: seen in the mempool, and followed to what is sent for it. */
async function see(keeper: Live, raw: Hex): Promise<void> {
  keeper.live.pending(raw)
  await settled(keeper)
}

async function settled(keeper: Live): Promise<void> {
  while (keeper.live.isBehind()) await new Promise((resolve) => setTimeout(resolve, 2))
  await keeper.keeper.idle()
}

/** The market has fallen already; the oracle is about to say so. */
async function fall(world: Rig, keeper: Live, prices: Readonly<Partial<Record<TokenSymbol, number>>>): Promise<void> {
  const moved = Object.entries(prices).map(([symbol, dollars]) => [symbol, usd(dollars)] as const)
  await world.sandbox.movePools(Object.fromEntries(moved))
  await keeper.block()
}

/** The transmission first, ours right behind it, both succeeded; and all amounts as foreseen, to the wei. */
async function expectBehind(world: Rig, keeper: Live, raw: Hex, trigger: string): Promise<void> {
  const known = keeper.intents().length
  await see(keeper, raw)
  const [intent] = keeper.intents().slice(known)
  expect(intent?.trigger).toBe(trigger)
  const receipts = await minedIn(world, await keeper.block())
  const oracle = receipts.find(({ transactionHash }) => transactionHash === keccak256(raw))
  const own = receipts.find(({ transactionHash }) => transactionHash === intent?.hash)
  expect([oracle?.status, own?.status]).toEqual(['0x1', '0x1'])
  expect(Number(own?.transactionIndex)).toBe(Number(oracle?.transactionIndex) + 1)
  expectExact(keeper)
}

function expectExact(keeper: Live): void {
  const last = keeper.journal.select({ streams: ['receipt'] }).at(-1)?.record as unknown as {
    readonly exactness: Readonly<Record<string, unknown>>
    readonly receipt: Receipt
  }
  const { isComparable, profit, repay, seize, swapOut } = last.exactness
  expect([isComparable, profit]).toEqual([true, 0n])
  expect([...(repay as bigint[]), ...(seize as bigint[]), ...(swapOut as bigint[])].every((off) => off === 0n)).toBe(
    true,
  )
  expect(last.receipt.status).toBe('included')
  expect(keeper.faults).toEqual([])
}

describe('behind a pending oracle update', () => {
  const { world, keeper } = chain({
    oracle: { WETH: 'ocr2', WSTETH: 'capo', WBTC: 'dual' },
    borrowers: [
      owes('plain', 'WETH', 20_000, 1.05),
      owes('forwarded', 'WETH', 20_000, 1.12),
      owes('capped', 'WSTETH', 20_000, 1.3),
      owes('auctioned', 'WBTC', 20_000, 1.07),
      owes('secondary', 'WBTC', 20_000, 1.25),
    ],
  })

  it('a plain feed: [transmit, liquidation] land in the next block, one right behind the other', async () => {
    await fall(world(), keeper(), { WETH: 2_840, WSTETH: 2_840 * 1.2 })
    await expectBehind(world(), keeper(), await world().sandbox.transmit('WETH', usd(2_840)), 'update-pending')
  })

  it('a transmission through a forwarder', async () => {
    await fall(world(), keeper(), { WETH: 2_650, WSTETH: 2_650 * 1.2 })
    const raw = await world().sandbox.transmit('WETH', usd(2_650), { wrapped: true })
    await expectBehind(world(), keeper(), raw, 'update-pending')
  })

  it('a feed behind a price cap that rises with time', async () => {
    await fall(world(), keeper(), { WETH: 2_300, WSTETH: 2_300 * 1.2 })
    await expectBehind(world(), keeper(), await world().sandbox.transmit('WETH', usd(2_300)), 'update-pending')
  })

  it('an SVR cut-off: taken in the first block that shows the round', async () => {
    await fall(world(), keeper(), { WBTC: 55_500 })
    const raw = await world().sandbox.transmit('WBTC', usd(55_500))
    const known = keeper().intents().length
    await see(keeper(), raw)
    await keeper().block()
    const recordedAt = keeper().keeper.head()?.block.timestamp ?? 0
    const taken: (readonly [number, string])[] = []
    for (let blocks = 0; blocks < 4 && taken.length === 0; blocks += 1) {
      const [intent] = keeper().intents().slice(known)
      const number = await keeper().block()
      const receipts = await minedIn(world(), number)
      const own = receipts.find(({ transactionHash }) => transactionHash === intent?.hash)
      if (own !== undefined) taken.push([keeper().keeper.head()?.block.timestamp ?? 0, intent?.trigger ?? ''])
    }
    // Blocks are 12 seconds apart: 36 is the first beyond the cut-off of 30.
    expect(taken).toEqual([[recordedAt + Math.ceil((CUTOFF_SECONDS + 1) / 12) * 12, 'cut-off']])
    expectExact(keeper())
  })

  it('an SVR secondary transmission shows at once', async () => {
    await fall(world(), keeper(), { WBTC: 47_000 })
    const raw = await world().sandbox.transmit('WBTC', usd(47_000), { wrapped: true, secondary: true })
    await expectBehind(world(), keeper(), raw, 'update-pending')
  })
})

describe('behind a pending update of a vault share’s asset', () => {
  const { world, keeper } = chain({
    oracle: { WETH: 'ocr2', WSTETH: 'vault' },
    borrowers: [owes('share', 'WSTETH', 20_000, 1.05)],
  })

  it('an ERC-4626 collateral: [transmit, liquidation] land in the next block', async () => {
    const raw = await world().sandbox.transmit('WETH', usd(2_830), { wrapped: true })
    await expectBehind(world(), keeper(), raw, 'update-pending')
  })
})

describe('a pending update that does not come as it was seen', () => {
  const { world, keeper } = chain({
    oracle: { WETH: 'ocr2' },
    borrowers: [owes('spared', 'WETH', 20_000, 1.05)],
  })
  const held = async (): Promise<readonly bigint[]> => {
    const { rpc, accounts, addresses } = world().sandbox
    const who: readonly Address[] = [keeper().keeper.executor(), ...accounts.operators.map(({ address }) => address)]
    const tokens = who.flatMap((holder) =>
      symbols.map(async (symbol) => {
        const data = erc20.encodeFunctionData('balanceOf', [holder])
        return BigInt(
          (await rpc.request('eth_call', [{ to: addresses.tokens[symbol].address, data }, 'latest'])) as Hex,
        )
      }),
    )
    const ether = who.map(async (holder) => BigInt((await rpc.request('eth_getBalance', [holder, 'latest'])) as Hex))
    return Promise.all([...tokens, ...ether])
  }
  /** Sees it; lets something else happen; mines. All that was sent for it is dropped, and nothing has moved. */
  const costsNothing = async (raw: Hex, instead: () => Promise<unknown>): Promise<void> => {
    const [before, known] = [await held(), keeper().intents().length]
    await see(keeper(), raw)
    expect(keeper().intents().length).toBeGreaterThan(known)
    await instead()
    // Until it has grown too old to be waited for.
    for (let blocks = 0; blocks < 6; blocks += 1) await keeper().block()
    for (const { plan } of keeper().intents().slice(known)) {
      const fate = keeper()
        .attempts()
        .filter((one) => one.plan === plan)
      expect(fate.map(({ status }) => status)).toEqual(['sent', 'dropped'])
    }
    expect(await held()).toEqual(before)
    expect(keeper().faults).toEqual([])
  }
  const drop = (raw: Hex): Promise<unknown> => world().sandbox.rpc.request('anvil_dropTransaction', [keccak256(raw)])

  it('that never lands costs nothing: it is gone from the mempool, and the blocks are somebody else’s', async () => {
    const raw = await world().sandbox.transmit('WETH', usd(2_840))
    await costsNothing(raw, async () => {
      await drop(raw)
      world().sandbox.relayFaults.missBlocks = 6
    })
  })

  it('that is replaced by one with another answer costs nothing', async () => {
    const raw = await world().sandbox.transmit('WETH', usd(2_839))
    await costsNothing(raw, async () => {
      await drop(raw)
      const other = await world().sandbox.transmit('WETH', usd(2_999))
      // What was mined by others is not what the bundle names: its nonce is used.
      world().sandbox.relayFaults.before.push(other)
    })
  })

  it('that lands behind another answer for the same feed costs nothing', async () => {
    const raw = await world().sandbox.transmit('WETH', usd(2_838), { wrapped: true })
    await costsNothing(raw, async () => {
      const newer = await world().sandbox.transmit('WETH', usd(2_998), { send: false })
      world().sandbox.relayFaults.before.push(newer)
    })
  })

  it('a hint of an auction is judged and journaled, and nothing is sent for it', async () => {
    const { tokens, forwarders } = world().sandbox.addresses
    const raw = await world().sandbox.transmit('WETH', usd(2_837), { send: false })
    const [before, sends] = [keeper().intents().length, world().sandbox.sends()]
    const { data, hash } = Transaction.from(raw)
    const wrapped = new Interface(['function forward(address,bytes)']).encodeFunctionData('forward', [
      tokens.WETH.aggregator,
      data,
    ])
    const said = (): readonly unknown[] =>
      keeper()
        .journal.select({ streams: ['verdict'] })
        .flatMap(({ record }) => (record.reason === 'needs-bundle' ? [record.trigger] : []))
    keeper().live.hint('mev-share', {
      hash,
      txs: [{ to: forwarders.WETH ?? '', functionSelector: '0x6fadcf72', callData: wrapped }],
    })
    await settled(keeper())
    // The journal writes what nothing depends on a little later.
    await expect.poll(said).toEqual(['update-pending'])
    expect([keeper().intents().length, world().sandbox.sends()]).toEqual([before, sends])
  })
})
