import { KeeperError } from '../error.ts'
import { UINT256_MAX } from '../numbers.ts'

export const MIN_TICK = -887_272
export const MAX_TICK = 887_272
export const MIN_SQRT_RATIO = 4_295_128_739n
export const MAX_SQRT_RATIO = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_342n

/** √1.0001^-(2^k) as Q128.128, k from 0: the constants of the contract. */
const powers = [
  0xfffcb933bd6fad37aa2d162d1a594001n,
  0xfff97272373d413259a46990580e213an,
  0xfff2e50f5f656932ef12357cf3c7fdccn,
  0xffe5caca7e10e4e61c3624eaa0941cd0n,
  0xffcb9843d60f6159c9db58835c926644n,
  0xff973b41fa98c081472e6896dfb254c0n,
  0xff2ea16466c96a3843ec78b326b52861n,
  0xfe5dee046a99a2a811c461f1969c3053n,
  0xfcbe86c7900a88aedcffc83b479aa3a4n,
  0xf987a7253ac413176f2b074cf7815e54n,
  0xf3392b0822b70005940c7a398e4b70f3n,
  0xe7159475a2c29b7443b29c7fa6e889d9n,
  0xd097f3bdfd2022b8845ad8f792aa5825n,
  0xa9f746462d870fdf8a65dc1f90e061e5n,
  0x70d869a156d2a1b890bb3df62baf32f7n,
  0x31be135f97d08fd981231505542fcfa6n,
  0x9aa508b5b7a84e1c677de54f3e99bc9n,
  0x5d6af8dedb81196699c329225ee604n,
  0x2216e584f5fa1ea926041bedfe98n,
  0x48a170391f7dc42444e8fa2n,
]

/** Ticks asked for again and again are the initialised ones and the ends of bitmap words. */
const known = new Map<number, bigint>()
const knownLimit = 200_000

/**
 * √(1.0001^tick) in Q64.96, rounded up as Uniswap's TickMath rounds.
 * @throws `bad-number` outside of ±887272.
 */
export function sqrtAtTick(tick: number): bigint {
  const found = known.get(tick)
  if (found !== undefined) return found
  const steps = Math.abs(tick)
  if (steps > MAX_TICK) throw new KeeperError('bad-number', `tick ${tick} is outside of ±${MAX_TICK}`)
  let ratio = 1n << 128n
  for (const [bit, power] of powers.entries()) if ((steps & (1 << bit)) !== 0) ratio = (ratio * power) >> 128n
  if (tick > 0) ratio = UINT256_MAX / ratio
  const price = (ratio >> 32n) + ((ratio & 0xffffffffn) === 0n ? 0n : 1n)
  if (known.size >= knownLimit) known.clear()
  known.set(tick, price)
  return price
}

/** The greatest tick whose price is at most `sqrtPriceX96`: a float guesses, the exact price decides. */
export function tickAtSqrt(sqrtPriceX96: bigint): number {
  if (sqrtPriceX96 < MIN_SQRT_RATIO || sqrtPriceX96 >= MAX_SQRT_RATIO)
    throw new KeeperError('bad-number', `sqrt price ${sqrtPriceX96} is outside of the contract's range`)
  const guess = Math.floor((2 * Math.log(Number(sqrtPriceX96) / 2 ** 96)) / Math.log(1.0001))
  let tick = Math.min(MAX_TICK - 1, Math.max(MIN_TICK, guess))
  while (sqrtAtTick(tick) > sqrtPriceX96) tick -= 1
  while (sqrtAtTick(tick + 1) <= sqrtPriceX96) tick += 1
  return tick
}
