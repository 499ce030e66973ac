import { encodeBytes32String } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { marketId } from '#core/book.ts'
import { amount } from '#core/numbers.ts'
import erc4626 from '../../exits/erc4626/index.ts'
import sky from '../../flash/sky/index.ts'
import uniswapV4 from '../../flash/uniswap-v4/index.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { viewAt } from '../../src/chain/view.ts'
import { cheapest, loansOf } from '../../src/quote/lend.ts'
import { account, type Bench, E18, startBench } from '../executor/bench.ts'
import { diceOf } from '../executor/random-programs.ts'
import { type ExitRig, exitRig, expectExact, type Loan } from '../exits/rig.ts'

const seed = Number(process.env.PLIMSOLL_SEED ?? Date.now() & 0xffff)
const from = account.deployer.address

describe(`loans of Uniswap V4's PoolManager, and of a stand-in for Sky's DssFlash (seed ${seed})`, () => {
  const dice = diceOf(seed)
  let bench: Bench
  let dss: Contract
  const rigs = {} as Record<'uniswap-v4' | 'sky', ExitRig>
  beforeAll(async () => {
    bench = await startBench()
    const { batch, tokens, manager, vault } = bench
    dss = batch.deploy(compiledCode(bench.own, 'StandInDssFlash'), [tokens.PlainToken.address])
    await file('max', 500n * E18)
    const exits = [
      {
        ...{ name: 'erc4626', definition: erc4626 as never },
        config: erc4626.config.parse({ vaults: [vault.address] }),
      },
    ]
    const v4 = { definition: uniswapV4 as never, config: { poolManager: manager.address } }
    rigs['uniswap-v4'] = await exitRig(bench, exits, { lender: v4 })
    rigs.sky = await exitRig(bench, exits, { lender: { definition: sky as never, config: { flash: dss.address } } })
  }, 120_000)
  afterAll(() => bench?.stop())

  const file = async (what: string, value: bigint): Promise<void> => {
    bench.batch.call(from, dss, 'file', [encodeBytes32String(what), value])
    await bench.batch.flush()
  }
  const loan = (worth: bigint): Loan => ({
    ...{ seize: bench.vault.address, give: worth, debt: bench.tokens.PlainToken.address, pay: (worth * 7n) / 10n },
  })
  const head = async () => {
    const { hash } = (await bench.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
    return viewAt(bench.rpc, hash)
  }

  it.each(['uniswap-v4', 'sky'] as const)('%s funds a liquidation, to the wei', async (kind) => {
    for (let one = 0; one < 10; one += 1) {
      const plan = await expectExact(rigs[kind], loan(E18 / 10n + BigInt(dice(1_000_000)) * 10n ** 12n))
      expect(plan.funding.map(({ source, fee }) => [source, fee])).toEqual([[kind, 0n]])
    }
    process.stdout.write(`10 liquidations on money of ${kind}: 0 wei off\n`)
  })

  it('a fee that Sky asks is what it takes, to the wei', async () => {
    await file('toll', 123_456_789_012_345n)
    for (let one = 0; one < 10; one += 1) {
      const plan = await expectExact(rigs.sky, loan(E18 / 10n + BigInt(dice(1_000_000)) * 10n ** 12n))
      const [funding] = plan.funding
      expect(funding?.fee).toBe(((funding?.borrow.amount ?? 0n) * 123_456_789_012_345n) / E18)
    }
    await file('toll', 0n)
  })

  it('above the ceiling, or what it holds, nobody lends', async () => {
    const mirror = await rigs.sky.mirrorOf(loan(E18))
    const { key, module } = mirror.modules.flash[0]!
    const book = mirror.books.shelf(key)
    const plain = bench.tokens.PlainToken.address
    expect(module.lends(book, plain, amount(500n * E18))).not.toBeNull()
    expect(module.lends(book, plain, amount(500n * E18 + 1n))).toBeNull()
    expect(module.lends(book, bench.weth.address, amount(1n))).toBeNull()
    const other = await rigs['uniswap-v4'].mirrorOf(loan(E18))
    const v4 = other.modules.flash[0]!
    const held = (await bench.batch.read(bench.weth, 'balanceOf', [bench.manager.address]))[0] as bigint
    expect(v4.module.lends(other.books.shelf(v4.key), bench.weth.address, amount(held))?.fee).toBe(0n)
    expect(v4.module.lends(other.books.shelf(v4.key), bench.weth.address, amount(held + 1n))).toBeNull()
  })

  it('a ceiling that changes is read again, and cash follows transfers', async () => {
    const mirror = await rigs.sky.mirrorOf(loan(E18))
    const other = await rigs['uniswap-v4'].mirrorOf(loan(E18))
    mirror.books.begin('0x01', '0x00')
    await file('max', 7n)
    bench.batch.call(from, bench.weth, 'transfer', [bench.manager.address, 12_345n])
    const before = other.books.shelf('flash/uniswap-v4').market(marketId(bench.weth.address))?.data.cash as bigint
    const since = (await head()).block.number
    await bench.batch.flush()
    const { block } = await head()
    const range = { fromBlock: `0x${since.toString(16)}`, toBlock: 'latest' }
    const raw = (await bench.rpc.request('eth_getLogs', [range])) as RawLog[]
    const logs = raw.map((one) => decodeLog(one, block))
    mirror.fold(logs)
    other.fold(logs)
    expect(mirror.isMarketStale('flash/sky', marketId(bench.tokens.PlainToken.address))).toBe(true)
    await mirror.reread(await head(), () => true)
    const { module } = mirror.modules.flash[0]!
    expect(module.lends(mirror.books.shelf('flash/sky'), bench.tokens.PlainToken.address, amount(8n))).toBeNull()
    expect(other.books.shelf('flash/uniswap-v4').market(marketId(bench.weth.address))?.data.cash).toBe(before + 12_345n)
    await file('max', 500n * E18)
  })

  it('is asked for one asset a transaction, because what is unlocked cannot be unlocked', async () => {
    const mirror = await rigs['uniswap-v4'].mirrorOf(loan(E18))
    const { key, name, module } = mirror.modules.flash[0]!
    const lenders = [{ source: name, module, book: mirror.books.shelf(key) }]
    const [weth, plain] = [bench.weth.address, bench.tokens.PlainToken.address]
    expect(cheapest(lenders, plain, amount(1n))).not.toBeNull()
    const both = [weth, plain].map((asset) => ({ asset, amount: amount(1n) }))
    expect(loansOf(lenders, both).map((one) => one?.source ?? null)).toEqual(['uniswap-v4', null])
  })
})
