/** Repeatable by its seed: a 32-bit xorshift, good enough to shape cases. */
export type Random = {
  readonly fraction: () => number
  /** `from ≤ x ≤ to` */
  readonly whole: (from: number, to: number) => number
  readonly big: (from: bigint, to: bigint) => bigint
  readonly chance: (share: number) => boolean
  readonly one: <T>(of: readonly T[]) => T
  /** So many different ones, fewer where there are not as many. */
  readonly some: <T>(of: readonly T[], count: number) => readonly T[]
}

export function randomOf(seed: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1) >>> 0
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  for (let warm = 0; warm < 8; warm += 1) next()
  const fraction = (): number => next() / 2 ** 32
  const whole = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1))
  const big = (from: bigint, to: bigint): bigint => {
    let word = 0n
    for (let part = 0; part < 8; part += 1) word = (word << 32n) | BigInt(next())
    return from + (word % (to - from + 1n))
  }
  const some = <T>(of: readonly T[], count: number): readonly T[] => {
    const left = [...of]
    const taken: T[] = []
    while (taken.length < count && left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1))
    return taken
  }
  return {
    fraction,
    whole,
    big,
    chance: (share) => fraction() < share,
    one: (of) => of[whole(0, of.length - 1)] as (typeof of)[number],
    some,
  }
}
