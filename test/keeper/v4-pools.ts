import { z } from 'zod'
import type { Address, Hex } from '#core/address.ts'
import { give, type Tokens } from '../../sandbox/deploy/tokens.ts'
import { sqrtPriceOf } from '../../sandbox/deploy/uniswap.ts'
import {
  addV4,
  deployUniswapV4,
  initializeV4,
  type PoolKeyV4,
  type UniswapV4,
} from '../../sandbox/deploy/uniswap-v4.ts'
import { defineFixture } from '../../sandbox/fixture.ts'
import { type TokenSymbol, tokenData, unitsWorth } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { deployer, type World } from '../../sandbox/world.ts'

/** Fees, spacings and what the protocol takes of either way; each with some millions around the price. */
const pools = [
  { pair: ['WETH', 'USDC'], fee: 500, spacing: 10, protocol: (125 << 12) | 83 },
  { pair: ['WETH', 'DAI'], fee: 3_000, spacing: 60, protocol: (500 << 12) | 500 },
  { pair: ['WBTC', 'WETH'], fee: 3_000, spacing: 60, protocol: 0 },
  { pair: ['WSTETH', 'WETH'], fee: 100, spacing: 1, protocol: 25 },
  { pair: ['LINK', 'WETH'], fee: 10_000, spacing: 200, protocol: 1_000 },
] as const

/** What `populate` left, for one chain at a time. */
type V4Pools = {
  readonly v4: UniswapV4
  readonly tokens: Tokens
  /** In dollars with 8 decimals, where they were moved. */
  readonly prices: Partial<Record<TokenSymbol, bigint>>
}
let made: V4Pools | null = null
export const v4Pools = (): V4Pools => {
  if (made === null) throw new Error('the chain has no pools of Uniswap V4 yet')
  return made
}

function keyOf(tokens: Tokens, { pair, fee, spacing }: (typeof pools)[number]) {
  const [token0, token1] = pair.map((symbol) => tokens[symbol]).sort((a, b) => (a.address < b.address ? -1 : 1))
  if (token0 === undefined || token1 === undefined) throw new Error('a pair of one')
  const key: PoolKeyV4 = { tokens: [token0.address, token1.address], fee, spacing }
  return { key, token0, token1 }
}

/** Liquidity that takes so many dollars of both sides at the feeds' prices, over 40 % of price to either side. */
function addPool({ batch, tokens }: World, v4: UniswapV4, pool: (typeof pools)[number]): void {
  const { key, token0, token1 } = keyOf(tokens, pool)
  const sqrt = sqrtPriceOf(token0, token1)
  initializeV4(batch, deployer, v4, key, sqrt)
  const tick = Math.floor((2 * Math.log(Number(sqrt) / 2 ** 96)) / Math.log(1.0001))
  const at = (away: number): number => Math.floor((tick + away) / pool.spacing) * pool.spacing
  const units0 = unitsWorth(3e6, token0.decimals, tokenData[token0.symbol].price)
  const deep = BigInt(Math.floor(Number(units0) * (Number(sqrt) / 2 ** 96)))
  for (const [away, part] of [
    [4_000, 2n],
    [600, 6n],
  ] as const)
    addV4(batch, deployer, v4, key, [at(-away), at(away), deep * part])
  batch.call(deployer, v4.manager, 'setProtocolFee', [[...key.tokens, pool.fee, pool.spacing, zero], pool.protocol])
}
const zero = `0x${'0'.repeat(40)}`

/** Not a protocol: it brings Uniswap V4 to the chain while it is set up. */
export const v4Fixture = defineFixture<object>({
  strategy: 'uniswap-v4',
  addresses: z.object({}),
  config: () => ({}),
  deployments: [
    {
      ...{ name: 'Uniswap V4 1.0.2', contracts: 'official', standIns: 'its quoter' },
      deploy: async (world) => {
        const { batch, tokens } = world
        const v4 = deployUniswapV4(batch, deployer)
        batch.call(deployer, v4.manager, 'setProtocolFeeController', [deployer])
        const symbols = new Set<TokenSymbol>(pools.flatMap(({ pair }) => pair))
        for (const symbol of symbols) {
          give(
            batch,
            deployer,
            tokens[symbol],
            deployer,
            unitsWorth(60e6, tokens[symbol].decimals, tokenData[symbol].price),
          )
          for (const { address: spender } of [v4.liquidity, v4.swaps])
            batch.call(deployer, tokens[symbol].contract, 'approve', [spender, 2n ** 255n])
        }
        for (const pool of pools) addPool(world, v4, pool)
        await batch.flush()
        made = { v4, tokens, prices: {} }
        return {}
      },
    },
  ],
  attach: () => {
    throw new Error('it has no positions')
  },
})

/** Swaps that bring the pools of a token to a price, into the mempool. */
export async function moveV4({ rpc }: Sandbox, symbol: TokenSymbol, dollars: number): Promise<void> {
  const { v4, tokens, prices } = v4Pools()
  const before = { ...prices }
  prices[symbol] = BigInt(Math.round(dollars * 1e8))
  await rpc.request('anvil_impersonateAccount', [deployer])
  for (const pool of pools.filter(({ pair }) => (pair as readonly TokenSymbol[]).includes(symbol))) {
    const { key, token0, token1 } = keyOf(tokens, pool)
    const target = sqrtPriceOf(token0, token1, prices)
    const down = target < sqrtPriceOf(token0, token1, before)
    const params = [down, -unitsWorth(30e6, (down ? token0 : token1).decimals, 10n ** 8n), target]
    const args = [[...key.tokens, key.fee, key.spacing, zero], params, [false, false], '0x']
    const data = v4.swaps.abi.encodeFunctionData('swap', args) as Hex
    await send(rpc, v4.swaps.address, data)
  }
}

async function send(rpc: Sandbox['rpc'], to: Address, data: Hex): Promise<void> {
  const fees = { maxFeePerGas: '0x2540be400', maxPriorityFeePerGas: '0x0' }
  await rpc.request('eth_sendTransaction', [{ from: deployer, to, data, gas: '0x1e8480', ...fees }])
}
