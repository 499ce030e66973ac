import type { Address } from '#core/address.ts'
import type { Artifacts } from '../../contracts/compile.ts'
import type { Batch, Contract } from '../batch.ts'
import { compiledCode } from '../compiled.ts'
import { symbols, type TokenSymbol, tokenData } from '../market-data.ts'
import { packaged } from '../packaged.ts'
import { deployAdapter, deployOracle, deployVault, type Oracle, type OracleKind } from './oracles.ts'

export type Token = {
  readonly symbol: TokenSymbol
  readonly address: Address
  readonly decimals: number
  readonly contract: Contract
  readonly oracle: Oracle
  /** WETH, where the token is a vault of it. */
  readonly vaultOf: Contract | null
}
export type Tokens = Readonly<Record<TokenSymbol, Token>>
export type OracleKinds = Readonly<Partial<Record<TokenSymbol, OracleKind>>>

/** Every token with a feed of 8 decimals: where nothing else is asked for, Chainlink's with one oracle. `now` in seconds. */
export function deployTokens(
  batch: Batch,
  own: Artifacts,
  who: { readonly deployer: Address; readonly oracle: Address },
  kinds: OracleKinds,
  now: number,
): Tokens {
  const { deployer } = who
  const deployToken = (symbol: TokenSymbol): Contract => {
    const { name, decimals, silent } = tokenData[symbol]
    if (symbol === 'WETH') {
      const weth = packaged('@uniswap/v2-periphery/build/WETH9.json')
      return batch.deploy(weth)
    }
    return batch.deploy(compiledCode(own, silent === true ? 'SilentToken' : 'TestToken'), [name, symbol, decimals])
  }
  const tokens: Partial<Record<TokenSymbol, Token>> = {}
  for (const symbol of symbols) {
    const kind = kinds[symbol] ?? 'flux'
    const { name, decimals } = tokenData[symbol]
    const base = tokens.WETH
    if ((kind === 'capo' || kind === 'vault') && base !== undefined) {
      const contract = deployVault(batch, deployer, name, symbol, base.contract)
      const aggregator = deployAdapter(batch, kind, base.oracle.feed, contract, now)
      const oracle: Oracle = { kind, feed: aggregator.address, aggregator, forwarder: null }
      tokens[symbol] = { symbol, address: contract.address, decimals, contract, oracle, vaultOf: base.contract }
      continue
    }
    const contract = deployToken(symbol)
    const oracle = deployOracle(batch, kind, symbol, deployer, who.oracle)
    tokens[symbol] = { symbol, address: contract.address, decimals, contract, oracle, vaultOf: null }
  }
  return tokens as Tokens
}

/** Gives tokens: minted, or for WETH wrapped by the deployer and sent, or shares for what is put into their vault. */
export function give(batch: Batch, deployer: Address, token: Token, to: Address, units: bigint): void {
  if (token.symbol === 'WETH') {
    batch.call(deployer, token.contract, 'deposit', [], units)
    if (to !== deployer) batch.call(deployer, token.contract, 'transfer', [to, units])
  } else if (token.vaultOf !== null) {
    batch.call(deployer, token.vaultOf, 'deposit', [], 2n * units)
    batch.call(deployer, token.contract, 'mint', [units, to])
  } else {
    batch.call(deployer, token.contract, 'mint', [to, units])
  }
}
