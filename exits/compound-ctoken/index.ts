import { Interface } from 'ethers'
import { z } from 'zod'
import { compoundCTokenAbi, compoundRedeemRulesAbi } from '#abis/compound-ctoken.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { KeeperError } from '#core/error.ts'
import { defineExit, type Exit, type Wrapping } from '#core/exit.ts'
import { WAD } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'

const config = z
  .strictObject({
    comptroller: addressText.describe('Comptroller of Compound v2 or a fork: the tokens of its markets are redeemed'),
    native: addressText.optional().describe('the market that pays in native currency (cETH, vBNB), where there is one'),
    wrappedNative: addressText.optional().describe('what native currency is wrapped into; needed with `native`'),
  })
  .refine(({ native, wrappedNative }) => native === undefined || wrappedNative !== undefined, {
    path: ['wrappedNative'],
    message: 'is missing: native currency is wrapped before it is sold',
  })
type Config = z.output<typeof config>

const cTokenAbi = new Interface(compoundCTokenAbi)
const rulesAbi = new Interface(compoundRedeemRulesAbi)
const read = (to: Address, abi: Interface, name: string, args: readonly unknown[] = []): Read => ({
  to,
  data: abi.encodeFunctionData(name, args) as Hex,
})
const wordOf = (answer: Hex | null | undefined): Hex | null =>
  answer === null || answer === undefined || answer.length < 66 ? null : (answer.slice(0, 66) as Hex)
/** Venus numbers what may be paused. */
const redeemAction = 1

export default defineExit({
  name: 'compound-ctoken',
  layout: 1,
  config,
  presets: {
    mainnet: {
      comptroller: '0x3d9819210a31b4961b30ef54be2aed79b9c9cd3b',
      native: '0x4ddc2d193948926d02f9b1fe9e1daa0718270ed5',
      wrappedNative: '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2',
    },
  },
  trusts: async (view, { comptroller, native }) =>
    (await marketsOf(view, comptroller)).map((token) => ({
      kind: 'exit',
      token,
      redeemer: token,
      selector: cTokenAbi.getFunction('redeem')?.selector as Hex,
      takes: ['amount'],
      answer: 'zero',
      pays: token === native ? 'native' : 'token',
    })),
  create: (settings): Exit => ({
    hopGas: 160_000,
    read: (view, tokens) => readMarkets(view, settings, [...new Set(tokens)]),
    // The rate was the market's own answer, and a redemption rounds it down: there is no preview to compare with.
    admits: async ({ call }, { token }) => wordOf((await call([read(token, cTokenAbi, 'getCash')]))[0]) !== null,
  }),
})

async function marketsOf(view: View, comptroller: Address): Promise<readonly Address[]> {
  const [answer] = await view.call([read(comptroller, rulesAbi, 'getAllMarkets')])
  if (answer === null || answer === undefined || answer.length < 130)
    throw new KeeperError('bad-answer', `${comptroller} does not answer as a comptroller; correct its address`)
  const [markets] = rulesAbi.decodeFunctionResult('getAllMarkets', answer) as unknown as [readonly string[]]
  return markets.map((one) => one.toLowerCase() as Address)
}

/**
 * A redemption takes interest first and pays ⌊tokens · rate⌋ at the rate that leaves: `exchangeRateCurrent`, asked as in
 * the next block, is that rate. Venus keeps `treasuryPercent` of it back.
 */
async function readMarkets(
  view: View,
  { comptroller, native, wrappedNative }: Config,
  tokens: readonly Address[],
): Promise<readonly Wrapping[]> {
  const heads = await view.call(
    tokens.flatMap((token) => [read(token, cTokenAbi, 'comptroller'), read(token, cTokenAbi, 'underlying')]),
  )
  const ours = tokens.flatMap((token, i) => {
    const [home, underlying] = [wordOf(heads[2 * i]), wordOf(heads[2 * i + 1])]
    if (home === null || addressOfWord(home) !== comptroller) return []
    const asset = token === native ? wrappedNative : underlying === null ? undefined : addressOfWord(underlying)
    return asset === undefined ? [] : [{ token, asset }]
  })
  if (ours.length === 0) return []
  const [fee, ...answers] = await view.call([
    read(comptroller, rulesAbi, 'treasuryPercent'),
    ...ours.flatMap(({ token }) => [
      read(token, cTokenAbi, 'exchangeRateCurrent'),
      read(token, cTokenAbi, 'getCash'),
      read(comptroller, rulesAbi, 'actionPaused', [token, redeemAction]),
    ]),
  ])
  const feeWad = BigInt(wordOf(fee) ?? 0n)
  return ours.flatMap((one, i) => {
    const [rate, cash, paused] = answers.slice(3 * i, 3 * i + 3).map(wordOf)
    if (rate === null || rate === undefined || cash === null || cash === undefined) return []
    const isPaused = BigInt(paused ?? 0n) !== 0n
    return [{ ...one, rate: BigInt(rate), scale: WAD, feeWad, cash: isPaused ? 0n : BigInt(cash) }]
  })
}
