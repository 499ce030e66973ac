import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address } from '#core/address.ts'
import type { Wrapping } from '#core/exit.ts'
import type { Plan } from '#core/plan.ts'
import cToken from '../../exits/compound-ctoken/index.ts'
import erc4626 from '../../exits/erc4626/index.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { viewAt } from '../../src/chain/view.ts'
import { account, type Bench, E18, startBench } from '../executor/bench.ts'
import { diceOf } from '../executor/random-programs.ts'
import { metaMorpho } from './meta-morpho.ts'
import { type ExitRig, exitRig, expectExact } from './rig.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? Date.now() & 0xffff)
/** Of each kind. */
const cases = Number(process.env.PLIMSOLL_CASES ?? 12)
/** All that one vault can pay. */
const cash = 2n * E18 + 777n

/** Seized, unwrapped, sold on the real Uniswap V3, repaid to the real Morpho: what is left is what was foreseen. */
describe(`a wrapped token is redeemed and sold, to the wei (seed ${seed})`, () => {
  const dice = diceOf(seed)
  let bench: Bench
  let rig: ExitRig
  let [vault, poor, meta, outer] = [{} as Contract, {} as Contract, {} as Contract, {} as Contract]
  let [market, ether, comptroller] = [{} as Contract, {} as Contract, {} as Contract]
  const from = account.deployer.address

  beforeAll(async () => {
    bench = await startBench()
    const { batch, weth } = bench
    const make = (name: string, args: readonly unknown[]) => batch.deploy(compiledCode(bench.own, name), args)
    meta = await metaMorpho(bench, bench.market.address)
    vault = make('StandInVault', [weth.address, 10n ** 11n])
    poor = make('StandInVault', [weth.address, 10n ** 11n])
    outer = make('StandInVault', [meta.address, 10n ** 10n])
    comptroller = make('StandInComptroller', [])
    market = make('StandInCErc20', [comptroller.address, weth.address])
    ether = make('StandInCEther', [comptroller.address])
    for (const one of [market, ether]) batch.call(from, comptroller, 'add', [one.address])
    for (const one of [vault, poor, outer, market, ether])
      batch.call(from, one, 'mint', [bench.market.address, 10n ** 30n])
    for (const one of [vault, market]) batch.call(from, weth, 'transfer', [one.address, 900n * E18])
    batch.call(from, weth, 'transfer', [poor.address, cash])
    batch.call(from, meta, 'transfer', [outer.address, 300n * E18])
    batch.send(from, ether.address, '0x', 'ether', 900n * E18)
    await batch.flush()
    const vaults = [vault, poor, meta, outer].map(({ address }) => address)
    rig = await exitRig(bench, [
      {
        ...{ name: 'erc4626', definition: erc4626 as never },
        config: erc4626.config.parse({ vaults, holders: [bench.market.address] }),
      },
      {
        ...{ name: 'compound-ctoken', definition: cToken as never },
        config: cToken.config.parse({
          ...{ comptroller: comptroller.address, native: ether.address, wrappedNative: weth.address },
        }),
      },
    ])
  }, 120_000)
  afterAll(() => bench?.stop())

  /** Of the wrapped token as much as is worth about so much wrapped native. */
  async function loanOf(
    token: Contract,
    worth: bigint,
  ): Promise<{ give: bigint; seize: Address; debt: Address; pay: bigint }> {
    const each: bigint = (await isMarket(token))
      ? ((await bench.batch.read(token, 'exchangeRateCurrent', []))[0] as bigint)
      : ((await bench.batch.read(token, 'previewRedeem', [E18]))[0] as bigint)
    const inner = token === outer ? ((await bench.batch.read(meta, 'previewRedeem', [E18]))[0] as bigint) : E18
    const give = (worth * E18 * E18) / each / inner
    // At par, less what the pool takes for so much.
    return { give, seize: token.address, debt: bench.tokens.PlainToken.address, pay: (worth * 7n) / 10n }
  }
  const isMarket = async (token: Contract): Promise<boolean> => token === market || token === ether
  const venues = ({ legs }: Plan): readonly string[] => legs.map(({ venue }) => venue)
  const again = async (work: () => Promise<void>): Promise<void> => {
    const snapshot = await bench.rpc.request('evm_snapshot', [])
    await work()
    await bench.rpc.request('evm_revert', [snapshot])
  }

  async function manyOf(token: Contract, chain: readonly string[]): Promise<void> {
    for (let one = 0; one < cases; one += 1) {
      await again(async () => {
        await bench.rpc.request('evm_increaseTime', [1 + dice(100_000)])
        await bench.rpc.request('anvil_mine', [`0x${(1 + dice(40)).toString(16)}`])
        const worth = E18 / 100n + (BigInt(1 + dice(1_000_000)) * 60n * E18) / 1_000_003n
        const plan = await expectExact(rig, await loanOf(token, worth))
        expect(venues(plan)).toEqual([...chain, 'uniswap-v3'])
      })
    }
    process.stdout.write(`${cases} redemptions by ${chain.join(' and ')}: 0 wei off\n`)
  }

  it('shares of a stand-in vault that gain by the second', () => manyOf(vault, ['erc4626']), 120_000)
  it('shares of MetaMorpho, whose interest and fee are not yet taken', () => manyOf(meta, ['erc4626']), 120_000)
  it(
    'shares of a vault of shares: one unwrapping after the other',
    () => manyOf(outer, ['erc4626', 'erc4626']),
    120_000,
  )
  it('cTokens of a stand-in market whose interest is not yet taken', () => manyOf(market, ['compound-ctoken']), 120_000)
  it('cTokens that pay in native currency', () => manyOf(ether, ['compound-ctoken']), 120_000)

  const rule = async (percent: bigint, token: Contract, isPaused: boolean): Promise<void> => {
    bench.batch.call(from, comptroller, 'set', [percent, token.address, isPaused])
    await bench.batch.flush()
  }

  it('a share that the comptroller keeps back is reckoned with', async () => {
    await rule((3n * E18) / 1_000n + 1n, market, false)
    await expectExact(rig, await loanOf(market, 3n * E18 + 12_345n))
    await rule(0n, market, false)
  })

  it('what a vault has no cash for stays, and is not foreseen as sold', async () => {
    const loan = await loanOf(poor, 3n * E18)
    const plan = await expectExact(rig, { ...loan, pay: E18 })
    const [redeemed] = plan.legs
    expect(redeemed?.buy.amount).toBeLessThanOrEqual(cash)
    expect(redeemed?.buy.amount).toBeGreaterThan((cash * 999_999n) / 1_000_000n)
    expect(redeemed?.sell.amount).toBeLessThan(loan.give)
  })

  it('a paused market is no way out', async () => {
    await rule(0n, market, true)
    await expect(rig.planOf(await loanOf(market, E18))).rejects.toThrow(/no-route|unprofitable/)
    await rule(0n, market, false)
  })

  it('read again with every head: another rate is another record, and the same one is no news', async () => {
    const mirror = await rig.mirrorOf(await loanOf(vault, E18))
    const rateOf = (): unknown =>
      [...mirror.books.shelf('exit/erc4626').markets()].find(({ id }) => String(id) === vault.address)?.data
    const before = rateOf() as Wrapping
    const now = await viewAt(bench.rpc, (await rig.head()).hash)
    expect(await mirror.rereadTimed(now, () => true)).toBe(false)
    await bench.rpc.request('evm_increaseTime', [60])
    await bench.rpc.request('evm_mine', [])
    const later = await viewAt(bench.rpc, (await rig.head()).hash)
    expect(await mirror.rereadTimed(later, () => false)).toBe(false)
    expect(rateOf()).toEqual(before)
    expect(await mirror.rereadTimed(later, () => true)).toBe(true)
    expect((rateOf() as Wrapping).rate).toBeGreaterThan(before.rate)
  })
})
