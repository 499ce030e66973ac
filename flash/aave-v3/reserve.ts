import { Interface } from 'ethers'
import { aaveV3ConfiguratorFlashAbi, aaveV3FlashAbi } from '#abis/aave-v3-flash.ts'
import { erc20Abi } from '#abis/erc20.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { type Market, marketId } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { least } from '#core/numbers.ts'
import type { Read, View } from '#core/world.ts'

/** A reserve as a lender. `cash`: what it may hand out, the least of its balance, its own count of it, and its shares. */
export type LentReserve = {
  readonly asset: Address
  readonly aToken: Address
  readonly configurator: Address
  readonly cash: bigint
  readonly lending: boolean
  readonly premiumBps: bigint
  readonly premiumRoundsUp: boolean
}

export const reserveMarket = (data: LentReserve): Market<LentReserve> => ({ id: marketId(data.asset), epoch: 0, data })

const poolAbi = new Interface(aaveV3FlashAbi)
const configuratorAbi = new Interface(aaveV3ConfiguratorFlashAbi)
const tokenAbi = new Interface(erc20Abi)
const word = (answer: Hex, index: number): bigint => BigInt(`0x${answer.slice(2 + index * 64, 66 + index * 64)}`)
const read = (to: Address, abi: Interface, name: string, args: readonly unknown[] = []): Read => ({
  to,
  data: abi.encodeFunctionData(name, args) as Hex,
})
const whole = (answer: Hex | null | undefined): Hex | null =>
  answer === null || answer === undefined || answer.length < 66 ? null : answer

/** From revision 9 (Aave 3.5) the premium is rounded up; before, to the nearest. */
const firstRevisionRoundingUp = 9n
/** Bits of a reserve's configuration word. */
const bits = { active: 56n, paused: 60n, flashLoans: 63n } as const

/**
 * Reserves among `tokens`, in three rounds of calls however many there are. A pool of before 3.1 keeps no count of its
 * cash: there the balance of the aToken is all.
 */
export async function readReserves(
  view: View,
  pool: Address,
  tokens: readonly Address[],
): Promise<readonly LentReserve[]> {
  const [premium, revision, provider, ...reserves] = await view.call([
    read(pool, poolAbi, 'FLASHLOAN_PREMIUM_TOTAL'),
    read(pool, poolAbi, 'POOL_REVISION'),
    read(pool, poolAbi, 'ADDRESSES_PROVIDER'),
    ...tokens.map((token) => read(pool, poolAbi, 'getReserveData', [token])),
  ])
  const [premiumWord, providerWord] = [whole(premium), whole(provider)]
  if (premiumWord === null || providerWord === null)
    throw new KeeperError('bad-answer', `${pool} does not answer as an Aave V3 pool; correct its address`)
  const listed = tokens.flatMap((asset, i) => {
    const answer = whole(reserves[i])
    const aToken =
      answer === null || answer.length < 66 + 8 * 64 ? ZERO_ADDRESS : addressOfWord(answer.slice(0, 66 + 8 * 64) as Hex)
    return answer === null || aToken === ZERO_ADDRESS ? [] : [{ asset, aToken, configuration: word(answer, 0) }]
  })
  const [configurator, ...cash] = await view.call([
    read(addressOfWord(providerWord), configuratorAbi, 'getPoolConfigurator'),
    ...listed.flatMap(({ asset, aToken }) => [
      read(asset, tokenAbi, 'balanceOf', [aToken]),
      read(aToken, tokenAbi, 'totalSupply'),
      read(pool, poolAbi, 'getVirtualUnderlyingBalance', [asset]),
    ]),
  ])
  const revisionWord = whole(revision)
  return listed.map(({ asset, aToken, configuration }, i) => {
    const known = cash.slice(i * 3, i * 3 + 3).flatMap((answer) => whole(answer) ?? [])
    const is = (bit: bigint): boolean => ((configuration >> bit) & 1n) === 1n
    return {
      asset,
      aToken,
      configurator: addressOfWord(whole(configurator) ?? providerWord),
      cash: known.length < 2 ? 0n : known.map((one) => word(one, 0)).reduce(least),
      lending: is(bits.active) && !is(bits.paused) && is(bits.flashLoans),
      premiumBps: word(premiumWord, 0),
      premiumRoundsUp: revisionWord !== null && word(revisionWord, 0) >= firstRevisionRoundingUp,
    }
  })
}
