import type { Hex } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { Tokens } from './deploy/tokens.ts'
import type { TokenSymbol } from './market-data.ts'
import type { Call, Signer } from './signer.ts'

/** The next submission of the one oracle, counted with those that are still in the mempool. */
async function submission(rpc: Rpc, tokens: Tokens, symbol: TokenSymbol, usd: bigint): Promise<Call> {
  const { address: to, abi } = tokens[symbol].aggregatorContract
  const data = abi.encodeFunctionData('latestRound', [])
  const latest = BigInt((await rpc.request('eth_call', [{ to, data }, 'pending'])) as Hex)
  return { to, data: abi.encodeFunctionData('submit', [latest + 1n, usd]) as Hex, gas: 300_000n }
}

/** Puts a price into the mempool, one at a time, so that rounds follow each other. */
export function priceSetter(
  rpc: Rpc,
  tokens: Tokens,
  oracle: Signer,
): (symbol: TokenSymbol, usd: bigint) => Promise<Hex> {
  let last: Promise<unknown> = Promise.resolve()
  return (symbol, usd) => {
    const mine = last.then(async () => (await oracle.send(await submission(rpc, tokens, symbol, usd)))[0] as Hex)
    last = mine.catch(() => undefined)
    return mine
  }
}
