import { Interface } from 'ethers'
import { erc20Abi } from '#abis/erc20.ts'
import type { Address, Asset, Hex } from '#core/address.ts'
import type { View } from '#core/world.ts'

/** As the token says, for people: anybody may call a token anything. `null` where it answers none. */
export type TokenText = { readonly symbol: string | null; readonly decimals: number | null }

const token = new Interface(erc20Abi)
const asked = [token.encodeFunctionData('symbol'), token.encodeFunctionData('decimals')] as Hex[]

/** Two calls each. @throws `rpc-unreachable`, `rpc-refused`. */
export async function readTokens(view: View, of: readonly Asset[]): Promise<ReadonlyMap<Asset, TokenText>> {
  const tokens = [...new Set(of)].filter((one): one is Address => one !== 'native')
  const answers = await view.call(tokens.flatMap((to) => asked.map((data) => ({ to, data }))))
  return new Map<Asset, TokenText>([
    ['native', { symbol: 'native', decimals: 18 }],
    ...tokens.map((one, at): [Asset, TokenText] => {
      const [symbol, decimals] = [answers[2 * at], answers[2 * at + 1]]
      return [one, { symbol: symbolIn(symbol ?? '0x'), decimals: decimalsIn(decimals ?? '0x') }]
    }),
  ])
}

const wordBytes = 32
const symbolMost = 16

/** A string, or bytes32 as old tokens have it; only what a terminal shows as it is. */
function symbolIn(answer: Hex): string | null {
  const bytes = Buffer.from(answer.slice(2), 'hex')
  const text = bytes.length === wordBytes ? bytes : bytes.subarray(2 * wordBytes)
  const shown = text
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
    .slice(0, symbolMost)
  return shown === '' ? null : shown
}

function decimalsIn(answer: Hex): number | null {
  if (answer.length < 66) return null
  const decimals = BigInt(answer.slice(0, 66))
  return decimals > 77n ? null : Number(decimals)
}
