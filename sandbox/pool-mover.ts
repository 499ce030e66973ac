import type { Hex } from '#core/address.ts'
import type { Contract } from './batch.ts'
import type { Tokens } from './deploy/tokens.ts'
import { sqrtPriceOf, type Uniswap } from './deploy/uniswap.ts'
import { type TokenSymbol, tokenData } from './market-data.ts'
import type { Call, Signer } from './signer.ts'

export type Prices = Readonly<Partial<Record<TokenSymbol, bigint>>>

/** The calls that bring every pool holding one of the symbols to their prices (dollars, 8 decimals). */
function poolMoves(tokens: Tokens, uniswap: Uniswap, trader: Contract, all: Prices, moved: Prices): readonly Call[] {
  const concerned = (pair: readonly TokenSymbol[]): boolean => pair.some((symbol) => moved[symbol] !== undefined)
  const call = (name: string, args: readonly unknown[]): Call => ({
    to: trader.address,
    data: trader.abi.encodeFunctionData(name, args) as Hex,
    gas: 2_000_000n,
  })
  const sorted = (pair: readonly [TokenSymbol, TokenSymbol]): readonly [Tokens[TokenSymbol], Tokens[TokenSymbol]] => {
    const [a, b] = [tokens[pair[0]], tokens[pair[1]]]
    return a.address < b.address ? [a, b] : [b, a]
  }
  const price = (symbol: TokenSymbol): bigint => all[symbol] ?? tokenData[symbol].price
  const v3 = uniswap.v3.pools
    .filter(({ pair }) => concerned(pair))
    .map(({ address, pair }) => call('moveV3', [address, sqrtPriceOf(...sorted(pair), all)]))
  const v2 = uniswap.v2.pairs
    .filter(({ pair }) => concerned(pair))
    .map(({ address, pair }) => {
      const [token0, token1] = sorted(pair)
      const price1 = price(token0.symbol) * 10n ** BigInt(token1.decimals)
      return call('moveV2', [address, price1, price(token1.symbol) * 10n ** BigInt(token0.decimals)])
    })
  return [...v3, ...v2]
}

export type PoolMover = {
  /** Into the mempool. */
  readonly move: (prices: Prices) => Promise<readonly Hex[]>
  /** Signed only. */
  readonly sign: (prices: Prices) => Promise<readonly Hex[]>
}

/** The market as a trader: what it was told last is what other pools are priced with. */
export function poolMover(tokens: Tokens, uniswap: Uniswap, contract: Contract, trader: Signer): PoolMover {
  let all: Prices = {}
  const calls = (moved: Prices): readonly Call[] => {
    all = { ...all, ...moved }
    return poolMoves(tokens, uniswap, contract, all, moved)
  }
  return { move: (moved) => trader.send(...calls(moved)), sign: (moved) => trader.sign(...calls(moved)) }
}
