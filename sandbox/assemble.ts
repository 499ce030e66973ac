import { address } from '#core/address.ts'
import type { Anvil } from './anvil.ts'
import { blockBuilder } from './block-builder.ts'
import { type AaveAddresses, type AaveVersion, aaveAddresses } from './deploy/aave.ts'
import type { Tokens } from './deploy/tokens.ts'
import { symbols, type TokenSymbol } from './market-data.ts'
import { oraclesOf } from './oracle.ts'
import { poolMover } from './pool-mover.ts'
import { startProxy } from './proxy.ts'
import { noFaults } from './relay/faults.ts'
import { startRelay } from './relay/start-relay.ts'
import type { Borrower, Deployed, Sandbox, TokenAddresses } from './sandbox.ts'
import { signerOf } from './signer.ts'
import { trafficOf } from './traffic.ts'
import { accounts, type World } from './world.ts'

/** Puts relay, builder and proxy around a chain that is set up. */
export async function assemble(
  anvil: Anvil,
  world: World,
  borrowers: readonly Borrower[],
  protocols: readonly Deployed[],
  options: { readonly chainId: number; readonly blockSeconds: number; readonly traffic: boolean },
): Promise<Sandbox> {
  const { rpc } = anvil
  const { chainId, blockSeconds } = options
  const { tokens, uniswap, aaves, morpho, trader } = world
  const relayFaults = noFaults()
  const relay = await startRelay(rpc, chainId, relayFaults)
  const builder = blockBuilder({
    ...{ rpc, chainId, blockSeconds },
    offers: relay.offers,
    faults: relayFaults,
    traffic: options.traffic ? trafficOf(rpc, world.traffic, signerOf(rpc, accounts.traffic, chainId)) : null,
  })
  const proxy = await startProxy(anvil.url, builder.idle)
  const mover = poolMover(tokens, uniswap, trader, signerOf(rpc, accounts.trader, chainId))
  const sent = (counts: Readonly<Record<string, number>>): number =>
    Object.entries(counts).reduce((sum, [method, count]) => sum + (method.startsWith('eth_send') ? count : 0), 0)
  return {
    chainId,
    nodeUrl: anvil.url,
    rpcUrl: proxy.url,
    relayUrl: relay.url,
    counts: proxy.counts,
    sends: () => sent(proxy.counts()) + sent(relay.counts()),
    accounts: { ...accounts, borrowers },
    addresses: {
      tokens: tokenAddresses(tokens),
      forwarders: Object.fromEntries(
        symbols.flatMap((symbol) => {
          const { forwarder } = tokens[symbol].oracle
          return forwarder === null ? [] : [[symbol, forwarder.address]]
        }),
      ),
      aave: aaveTable(aaves),
      uniswapV3: uniswap.v3,
      uniswapV2: uniswap.v2,
      morpho: morpho.address,
      weth: tokens.WETH.address,
      poolTrader: trader.address,
    },
    protocols,
    ...oraclesOf(rpc, tokens, signerOf(rpc, accounts.oracle, chainId), chainId),
    movePools: mover.move,
    movePoolsFirst: async (prices) => {
      relayFaults.before.push(...(await mover.sign(prices)))
    },
    mine: builder.mine,
    relayFaults,
    proxy,
    rpc,
    stop: async () => {
      await Promise.all([proxy.stop(), relay.stop()])
      await anvil.stop()
    },
  }
}

export const tokenAddresses = (tokens: Tokens): Record<TokenSymbol, TokenAddresses> =>
  Object.fromEntries(
    symbols.map((symbol) => {
      const { address: at, decimals, oracle } = tokens[symbol]
      return [symbol, { address: at, decimals, feed: oracle.feed, aggregator: oracle.aggregator.address }]
    }),
  ) as Record<TokenSymbol, TokenAddresses>

const nowhere = address(`0x${'0'.repeat(40)}`)
const absent: AaveAddresses = {
  provider: nowhere,
  pool: nowhere,
  oracle: nowhere,
  dataProvider: nowhere,
  configurator: nowhere,
  acl: nowhere,
}
const aaveTable = (aaves: World['aaves']): Record<AaveVersion, AaveAddresses> => ({
  '3.0': aaves['3.0'] === undefined ? absent : aaveAddresses(aaves['3.0']),
  '3.6': aaves['3.6'] === undefined ? absent : aaveAddresses(aaves['3.6']),
})
