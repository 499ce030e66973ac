import { type Address, address, ZERO_ADDRESS } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { type PoolData, type Range, type TokenSymbol, tokenData, unitsWorth, v2Pairs, v3Pools } from '../market-data.ts'
import { packaged } from '../packaged.ts'
import { give, type Token, type Tokens } from './tokens.ts'

export type Pool = {
  readonly address: Address
  readonly pair: readonly [TokenSymbol, TokenSymbol]
  readonly fee: number
}
export type Uniswap = {
  readonly v3: {
    readonly factory: Address
    readonly quoterV2: Address
    readonly positionManager: Address
    readonly pools: readonly Pool[]
  }
  readonly v2: { readonly factory: Address; readonly router: Address; readonly pairs: readonly Pool[] }
}
const v3Folder = '@uniswap/v3-periphery/artifacts/contracts'
const spacings: Readonly<Record<number, number>> = { 100: 1, 500: 10, 3000: 60, 10000: 200 }
const far = 10n ** 11n

/** Both versions, with liquidity at the feeds' prices. Ends flushed. */
export async function deployUniswap(batch: Batch, deployer: Address, tokens: Tokens): Promise<Uniswap> {
  const weth = tokens.WETH.address
  const v3Factory = batch.deploy(
    packaged('@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json'),
  )
  // Mainnet's owner added this tier later; the package's factory begins without it.
  batch.call(deployer, v3Factory, 'enableFeeAmount', [100, 1])
  const manager = batch.deploy(packaged(`${v3Folder}/NonfungiblePositionManager.sol/NonfungiblePositionManager.json`), [
    v3Factory.address,
    weth,
    ZERO_ADDRESS,
  ])
  const quoter = batch.deploy(packaged(`${v3Folder}/lens/QuoterV2.sol/QuoterV2.json`), [v3Factory.address, weth])
  const v2Factory = batch.deploy(packaged('@uniswap/v2-core/build/UniswapV2Factory.json'), [deployer])
  const router = batch.deploy(packaged('@uniswap/v2-periphery/build/UniswapV2Router02.json'), [v2Factory.address, weth])
  fund(batch, deployer, tokens, [manager.address, router.address])
  for (const pool of v3Pools) addV3(batch, deployer, manager, tokens, pool)
  for (const { pair, dollars } of v2Pairs) {
    const [a, b] = [tokens[pair[0]], tokens[pair[1]]]
    const amounts = [worth(a, dollars / 2), worth(b, dollars / 2)]
    batch.call(deployer, router, 'addLiquidity', [a.address, b.address, ...amounts, 0, 0, deployer, far])
  }
  await batch.flush()
  const pools = v3Pools.map(async ({ pair, fee }) => ({
    ...(await found(batch, v3Factory, 'getPool', tokens, pair, [fee])),
    fee,
  }))
  const pairs = v2Pairs.map(async ({ pair }) => ({
    ...(await found(batch, v2Factory, 'getPair', tokens, pair)),
    fee: 3000,
  }))
  return {
    v3: {
      factory: v3Factory.address,
      quoterV2: quoter.address,
      positionManager: manager.address,
      pools: await Promise.all(pools),
    },
    v2: { factory: v2Factory.address, router: router.address, pairs: await Promise.all(pairs) },
  }
}

const worth = (token: Token, dollars: number): bigint =>
  unitsWorth(dollars, token.decimals, tokenData[token.symbol].price)

async function found(
  batch: Batch,
  factory: Contract,
  method: string,
  tokens: Tokens,
  pair: readonly [TokenSymbol, TokenSymbol],
  rest: readonly unknown[] = [],
): Promise<Omit<Pool, 'fee'>> {
  const [at] = await batch.read(factory, method, [tokens[pair[0]].address, tokens[pair[1]].address, ...rest])
  return { address: address(String(at).toLowerCase()), pair }
}

/** The deployer gets twice what the pools are meant to take. */
function fund(batch: Batch, deployer: Address, tokens: Tokens, spenders: readonly Address[]): void {
  const needed = new Map<TokenSymbol, number>()
  const add = (pair: readonly TokenSymbol[], dollars: number): void => {
    for (const symbol of pair) needed.set(symbol, (needed.get(symbol) ?? 0) + dollars)
  }
  for (const pool of v3Pools) add(pool.pair, sum(pool.ranges))
  for (const pool of v2Pairs) add(pool.pair, pool.dollars)
  for (const [symbol, dollars] of needed) {
    give(batch, deployer, tokens[symbol], deployer, worth(tokens[symbol], dollars))
    for (const spender of spenders) batch.call(deployer, tokens[symbol].contract, 'approve', [spender, 2n ** 256n - 1n])
  }
}
const sum = (ranges: readonly Range[]): number => ranges.reduce((total, range) => total + range.dollars, 0)

function addV3(batch: Batch, deployer: Address, manager: Contract, tokens: Tokens, pool: PoolData): void {
  const [first, second] = [tokens[pool.pair[0]], tokens[pool.pair[1]]]
  const [token0, token1] = first.address < second.address ? [first, second] : [second, first]
  const price = sqrtPriceOf(token0, token1)
  const start = [token0.address, token1.address, pool.fee, price]
  batch.call(deployer, manager, 'createAndInitializePoolIfNecessary', start)
  const tick = Math.floor((2 * Math.log(Number(price) / 2 ** 96)) / Math.log(1.0001))
  const spacing = spacings[pool.fee] ?? 60
  for (const { width, dollars } of pool.ranges) {
    // Bps of price are, near enough, ticks.
    const half = width === 0 ? Math.floor(887_272 / spacing) * spacing : width
    const low = width === 0 ? -half : Math.floor((tick - half) / spacing) * spacing
    const high = width === 0 ? half : Math.ceil((tick + half) / spacing) * spacing
    const amounts = [worth(token0, dollars / 2), worth(token1, dollars / 2)]
    batch.call(deployer, manager, 'mint', [
      [token0.address, token1.address, pool.fee, low, high, ...amounts, 0, 0, deployer, far],
    ])
  }
}

/** Square root of token1 per token0 in smallest units, times 2^96, rounded down; prices in dollars with 8 decimals. */
export function sqrtPriceOf(
  token0: Token,
  token1: Token,
  prices?: Readonly<Partial<Record<TokenSymbol, bigint>>>,
): bigint {
  const dollars = (token: Token): bigint => prices?.[token.symbol] ?? tokenData[token.symbol].price
  const up = dollars(token0) * 10n ** BigInt(token1.decimals)
  const down = dollars(token1) * 10n ** BigInt(token0.decimals)
  return root((up << 192n) / down)
}

function root(of: bigint): bigint {
  if (of < 2n) return of
  let at = 1n << BigInt((of.toString(2).length >> 1) + 1)
  for (;;) {
    const next = (at + of / at) >> 1n
    if (next >= at) return at
    at = next
  }
}
