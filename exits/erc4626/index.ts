import { Interface } from 'ethers'
import { z } from 'zod'
import { erc20Abi } from '#abis/erc20.ts'
import { erc4626Abi } from '#abis/erc4626.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { defineExit, type Exit, redeemed, type Wrapping } from '#core/exit.ts'
import { amount as amountOf, most } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'

const config = z.strictObject({
  vaults: z.array(addressText).min(1).describe('ERC-4626 vaults whose shares may be redeemed'),
  holders: z
    .array(addressText)
    .default([])
    .describe('who holds many shares (a lending market): what a vault lets them take out is what it can pay'),
})
type Config = z.output<typeof config>

const vaultAbi = new Interface(erc4626Abi)
const tokenAbi = new Interface(erc20Abi)
const read = (to: Address, abi: Interface, name: string, args: readonly unknown[] = []): Read => ({
  to,
  data: abi.encodeFunctionData(name, args) as Hex,
})
const wordOf = (answer: Hex | null | undefined): bigint | null =>
  answer === null || answer === undefined || answer.length < 66 ? null : BigInt(answer.slice(0, 66))

/**
 * So many shares at once tell a vault's rate to so many digits that less than 10^24 shares are redeemed at it to the
 * unit: whatever a vault counts (interest not yet taken, fees, virtual shares), its answer is proportional and rounded
 * down. That it is, is asked before it is used (`admits`).
 */
const probe = 10n ** 36n

export default defineExit({
  name: 'erc4626',
  layout: 1,
  config,
  presets: {},
  trusts: async (_view, { vaults }) =>
    vaults.map((vault) => ({
      kind: 'exit',
      token: vault,
      redeemer: vault,
      selector: vaultAbi.getFunction('redeem')?.selector as Hex,
      takes: ['amount', 'executor', 'executor'],
      answer: 'any',
      pays: 'token',
    })),
  create: (settings): Exit => ({
    hopGas: 90_000,
    read: (view, tokens) => readVaults(view, settings, tokens),
    admits,
  }),
})

async function readVaults(
  view: View,
  { vaults, holders }: Config,
  tokens: readonly Address[],
): Promise<readonly Wrapping[]> {
  const ours = [...new Set(tokens)].filter((token) => vaults.includes(token))
  const heads = await view.call(
    ours.flatMap((vault) => [read(vault, vaultAbi, 'asset'), read(vault, vaultAbi, 'previewRedeem', [probe])]),
  )
  const known = ours.flatMap((token, i) => {
    const [asset, rate] = [heads[2 * i], wordOf(heads[2 * i + 1])]
    return asset === null || asset === undefined || asset.length < 66 || rate === null
      ? []
      : [{ token, asset: addressOfWord(asset), rate }]
  })
  const asked = known.map(({ token, asset }) => [
    read(asset, tokenAbi, 'balanceOf', [token]),
    ...holders.map((holder) => read(token, vaultAbi, 'maxWithdraw', [holder])),
  ])
  const answers = await view.call(asked.flat())
  const each = 1 + holders.length
  return known.map((one, i) => {
    const [held, ...freed] = answers.slice(i * each, (i + 1) * each).map((answer) => wordOf(answer) ?? 0n)
    // A vault that says what can be taken out may say less than it holds: it is paused, or the rest is spoken for.
    const cash = holders.length === 0 ? (held ?? 0n) : freed.reduce(most, 0n)
    return { ...one, scale: probe, feeWad: 0n, cash }
  })
}

/** From a few units to all there is, the vault's preview must be what we make of it. */
async function admits(view: View, wrapping: Wrapping): Promise<boolean> {
  const { token, rate, scale, cash } = wrapping
  if (rate === 0n) return false
  const all = (cash * scale) / rate
  const asked = [all / 1_000_003n, all / 7n, all].filter((shares) => redeemed(wrapping, amountOf(shares)) !== null)
  const answers = await view.call(asked.map((shares) => read(token, vaultAbi, 'previewRedeem', [shares])))
  return asked.every((shares, i) => wordOf(answers[i]) === redeemed(wrapping, amountOf(shares)))
}
