import { Interface } from 'ethers'
import { z } from 'zod'
import { aaveV3ExitAbi } from '#abis/aave-v3-exit.ts'
import { aaveV3FlashAbi } from '#abis/aave-v3-flash.ts'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { defineExit, type Exit, type Wrapping } from '#core/exit.ts'
import { least } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'

const config = z.strictObject({
  pool: addressText.describe('Aave V3 pool whose aTokens are withdrawn, one for one, as far as it has cash'),
})

const poolAbi = new Interface([...aaveV3FlashAbi, ...aaveV3ExitAbi])
const tokenAbi = new Interface([...erc20Abi, ...aaveV3ExitAbi])
const read = (to: Address, abi: Interface, name: string, args: readonly unknown[] = []): Read => ({
  to,
  data: abi.encodeFunctionData(name, args) as Hex,
})
const word = (answer: Hex, index: number): Hex => `0x${answer.slice(2 + index * 64, 66 + index * 64)}`
const whole = (answer: Hex | null | undefined, words = 1): Hex | null =>
  answer === null || answer === undefined || answer.length < 2 + words * 64 ? null : answer

/** Where a reserve's own token is in `getReserveData`, and two bits of its configuration. */
const aTokenAt = 8
const bits = { active: 56n, paused: 60n } as const

export default defineExit({
  name: 'aave-atoken',
  layout: 1,
  config,
  presets: {
    mainnet: { pool: '0x87870bca3f3fd6335c3f4ce8392d69350b4fa4e2' },
    base: { pool: '0xa238dd80c259a72e81d7e4664a9801593f98d1c5' },
  },
  trusts: async (view, { pool }) =>
    (await aTokensOf(view, pool)).map((token) => ({
      kind: 'exit',
      token,
      redeemer: pool,
      selector: poolAbi.getFunction('withdraw')?.selector as Hex,
      takes: ['underlying', 'amount', 'executor'],
      answer: 'any',
      pays: 'token',
    })),
  create: ({ pool }): Exit => ({
    hopGas: 190_000,
    read: (view, tokens) => readTokens(view, pool, [...new Set(tokens)]),
    // One for one by definition, and no preview to compare with: that the pool names the token as its own was read.
    admits: async () => true,
  }),
})

async function aTokensOf(view: View, pool: Address): Promise<readonly Address[]> {
  const [list] = await view.call([read(pool, poolAbi, 'getReservesList')])
  const assets =
    list === null || list === undefined ? [] : [...poolAbi.decodeFunctionResult('getReservesList', list)[0]]
  const answers = await view.call(assets.map((asset) => read(pool, poolAbi, 'getReserveData', [asset])))
  return answers.flatMap((answer) => {
    const data = whole(answer, aTokenAt + 1)
    return data === null ? [] : [addressOfWord(word(data, aTokenAt))]
  })
}

/** Three rounds of calls: what a token says it stands for, whether the pool says so too, and what the pool can pay. */
async function readTokens(view: View, pool: Address, tokens: readonly Address[]): Promise<readonly Wrapping[]> {
  const said = await view.call(tokens.map((token) => read(token, tokenAbi, 'UNDERLYING_ASSET_ADDRESS')))
  const claims = tokens.flatMap((token, i) => {
    const asset = whole(said[i])
    return asset === null ? [] : [{ token, asset: addressOfWord(word(asset, 0)) }]
  })
  const reserves = await view.call(claims.map(({ asset }) => read(pool, poolAbi, 'getReserveData', [asset])))
  const ours = claims.flatMap((claim, i) => {
    const data = whole(reserves[i], aTokenAt + 1)
    if (data === null || addressOfWord(word(data, aTokenAt)) !== claim.token) return []
    const flags = BigInt(word(data, 0))
    return [{ ...claim, isOpen: ((flags >> bits.active) & 1n) === 1n && ((flags >> bits.paused) & 1n) === 0n }]
  })
  const answers = await view.call(
    ours.flatMap(({ token, asset }) => [
      read(asset, tokenAbi, 'balanceOf', [token]),
      read(pool, poolAbi, 'getVirtualUnderlyingBalance', [asset]),
    ]),
  )
  return ours.map(({ token, asset, isOpen }, i) => {
    // A pool of before 3.1 keeps no count of its cash: there the balance is all.
    const cash = answers.slice(2 * i, 2 * i + 2).flatMap((answer) => whole(answer) ?? [])
    const paid = cash.map((answer) => BigInt(word(answer, 0)))
    return { token, asset, rate: 1n, scale: 1n, feeWad: 0n, cash: isOpen && paid.length > 0 ? paid.reduce(least) : 0n }
  })
}
