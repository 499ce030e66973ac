import type { Address } from '#core/address.ts'
import type { Artifacts } from '../../contracts/compile.ts'
import type { Batch, Contract } from '../batch.ts'
import { chainlinkContracts, compiledCode } from '../compiled.ts'
import { symbols, type TokenSymbol, tokenData } from '../market-data.ts'
import { packaged } from '../packaged.ts'

export type Token = {
  readonly symbol: TokenSymbol
  readonly address: Address
  readonly decimals: number
  /** EACAggregatorProxy: what protocols read. */
  readonly feed: Address
  /** FluxAggregator: where an oracle's transaction goes. */
  readonly aggregator: Address
  readonly contract: Contract
  readonly aggregatorContract: Contract
}
export type Tokens = Readonly<Record<TokenSymbol, Token>>

/** Every token with a Chainlink feed of 8 decimals; one oracle, so that each of its submissions moves the price. */
export function deployTokens(batch: Batch, own: Artifacts, deployer: Address, oracle: Address): Tokens {
  const chainlink = chainlinkContracts()
  const flux = compiledCode(chainlink, 'FluxAggregator')
  const proxy = compiledCode(chainlink, 'EACAggregatorProxy')
  const deployToken = (symbol: TokenSymbol): Contract => {
    const { name, decimals, silent } = tokenData[symbol]
    if (symbol === 'WETH') {
      const weth = packaged('@uniswap/v2-periphery/build/WETH9.json')
      return batch.deploy(weth)
    }
    return batch.deploy(compiledCode(own, silent === true ? 'SilentToken' : 'TestToken'), [name, symbol, decimals])
  }
  const entries = symbols.map((symbol): [TokenSymbol, Token] => {
    const contract = deployToken(symbol)
    const none = `0x${'0'.repeat(40)}`
    const aggregator = batch.deploy(flux, [none, 0, 0, none, 1, 2n ** 96n, 8, `${symbol} / USD`])
    batch.call(deployer, aggregator, 'changeOracles', [[], [oracle], [deployer], 1, 1, 0])
    const feed = batch.deploy(proxy, [aggregator.address, none])
    const token: Token = {
      symbol,
      address: contract.address,
      decimals: tokenData[symbol].decimals,
      feed: feed.address,
      aggregator: aggregator.address,
      contract,
      aggregatorContract: aggregator,
    }
    return [symbol, token]
  })
  return Object.fromEntries(entries) as Record<TokenSymbol, Token>
}

/** Gives tokens: minted, or for WETH wrapped by the deployer and sent. */
export function give(batch: Batch, deployer: Address, token: Token, to: Address, units: bigint): void {
  if (token.symbol === 'WETH') {
    batch.call(deployer, token.contract, 'deposit', [], units)
    if (to !== deployer) batch.call(deployer, token.contract, 'transfer', [to, units])
  } else {
    batch.call(deployer, token.contract, 'mint', [to, units])
  }
}
