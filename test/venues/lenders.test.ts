import { readFileSync } from 'node:fs'
import { Interface } from 'ethers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifactNamed, compile } from '../../contracts/compile.ts'
import aaveFlash from '../../flash/aave-v3/index.ts'
import morphoFlash from '../../flash/morpho/index.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type Signer, signerOf } from '../../sandbox/signer.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { seeded } from '../../sandbox/uniswap-chain.ts'
import { decodeLog, type RawLog } from '../../src/chain/log.ts'
import { viewAt } from '../../src/chain/view.ts'
import { type Address, address, type Hex } from '../../src/core/address.ts'
import type { Log } from '../../src/core/block.ts'
import type { Book, Market, Patch } from '../../src/core/book.ts'
import type { FlashSource } from '../../src/core/flash.ts'
import { amount, UINT256_MAX } from '../../src/core/numbers.ts'
import type { View } from '../../src/core/world.ts'

let sandbox: Sandbox
let trader: Signer
const receiver = address('0x00000000000000000000000000000000f1a54000')
const loan = new Interface(['function borrow(address pool, address asset, uint256 amount) returns (uint256)'])
const erc20 = new Interface([
  'function mint(address to, uint256 value)',
  'function approve(address spender, uint256 value)',
  'function transfer(address to, uint256 value)',
])
const aavePool = new Interface([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 code)',
  'function withdraw(address asset, uint256 amount, address to)',
])
const seed = Number(process.env.SEED ?? 5)

beforeAll(async () => {
  process.stdout.write(`seed ${seed}\n`)
  sandbox = await startSandbox({ borrowers: 'none' })
  trader = signerOf(sandbox.rpc, sandbox.accounts.trader, sandbox.chainId)
  const path = new URL('./contracts/FlashReceiver.sol', import.meta.url)
  const built = compile({
    compiler: 'solc',
    sources: { 'FlashReceiver.sol': readFileSync(path, 'utf8') },
    read: () => undefined,
    evmVersion: 'cancun',
    runs: 200,
  })
  await sandbox.rpc.request('anvil_setCode', [receiver, artifactNamed(built, 'FlashReceiver').deployed])
})
afterAll(() => sandbox.stop())

async function head(): Promise<{ view: View; hash: Hex }> {
  const { hash } = (await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { hash: Hex }
  return { view: await viewAt(sandbox.rpc, hash), hash }
}

async function send(...calls: readonly { to: Address; data: string }[]): Promise<readonly Log[]> {
  await trader.send(...calls.map(({ to, data }) => ({ to, data: data as Hex, gas: 2_000_000n })))
  await sandbox.mine()
  const { view, hash } = await head()
  const raw = (await sandbox.rpc.request('eth_getLogs', [{ blockHash: hash }])) as RawLog[]
  return raw.map((one) => decodeLog(one, view.block))
}

/** What the engine does with patches. */
function kept(patches: readonly Patch<never, never>[]) {
  const markets = new Map<string, Market>()
  const put = (more: readonly Patch<never, never>[]): void => {
    for (const patch of more) if (patch.op === 'put-market') markets.set(patch.market.id, patch.market)
  }
  put(patches)
  const book: Book = {
    market: (id) => markets.get(id),
    markets: () => markets.values(),
    position: () => undefined,
    positions: () => [],
    positionsOf: () => [],
  }
  return { book, put, markets }
}

const tokens = (): readonly Address[] => Object.values(sandbox.addresses.tokens).map((one) => one.address)

test('Aave lends what it has for the premium its revision takes, to the unit; and nothing more', async () => {
  const random = seeded(seed)
  for (const [version, { pool }] of Object.entries(sandbox.addresses.aave)) {
    const source: FlashSource = aaveFlash.create(aaveFlash.config.parse({ pool })) as never
    const { book, markets } = kept((await source.discover((await head()).view, tokens())) as never)
    expect(markets.size, version).toBeGreaterThan(4)
    for (const { data } of markets.values()) {
      const { asset, cash } = data as unknown as { asset: Address; cash: bigint }
      if (asset === sandbox.addresses.weth || cash === 0n) continue
      await send({ to: asset, data: erc20.encodeFunctionData('mint', [receiver, cash]) })
      const amounts = [...Array(12)].map(() => 1n + BigInt(Math.floor(random() * Number(cash - 1n))))
      const asked = [...amounts, 1n, 999n, 1_001n, cash, cash + 1n]
      const answers = await (await head()).view.call(
        asked.map((one) => ({ to: receiver, data: loan.encodeFunctionData('borrow', [pool, asset, one]) as Hex })),
      )
      for (const [i, one] of asked.entries())
        expect(source.lends(book, asset, amount(one))?.fee ?? null, `${version} ${one} of ${cash}`).toBe(
          answers[i] === null ? null : BigInt(answers[i]!),
        )
    }
  }
})

test('cash followed through logs equals cash read again', async () => {
  const { morpho, aave } = sandbox.addresses
  const usdc = sandbox.addresses.tokens.USDC.address
  const me = sandbox.accounts.trader.address
  const pools = Object.values(aave).map(({ pool }) => pool)
  const sources: FlashSource[] = [
    morphoFlash.create(morphoFlash.config.parse({ morpho })) as never,
    ...pools.map((pool) => aaveFlash.create(aaveFlash.config.parse({ pool })) as never),
  ]
  const before = (await head()).view
  const books = await Promise.all(sources.map(async (one) => kept((await one.discover(before, tokens())) as never)))
  const logs = await send(
    { to: usdc, data: erc20.encodeFunctionData('mint', [me, 10n ** 12n]) },
    { to: usdc, data: erc20.encodeFunctionData('transfer', [morpho, 12_345n]) },
    ...pools.flatMap((pool) => [
      { to: usdc, data: erc20.encodeFunctionData('approve', [pool, UINT256_MAX]) },
      { to: pool, data: aavePool.encodeFunctionData('supply', [usdc, 10n ** 11n, me, 0]) },
      { to: pool, data: aavePool.encodeFunctionData('withdraw', [usdc, 123_456n, me]) },
    ]),
  )
  const after = (await head()).view
  for (const [i, source] of sources.entries()) {
    const { book, put, markets } = books[i]!
    for (const log of logs) put(source.fold(book, log).patches as never)
    const again = kept((await source.discover(after, tokens())) as never)
    expect(markets).toEqual(again.markets)
    expect(source.watches(book).length).toBeGreaterThan(0)
  }
})
