import type { Address } from '../../src/core/address.ts'
import type { PoolEntry } from '../../src/quote/exchange.ts'
import { pairOf, poolOf, type Stub, token, upTo, W, withGap } from './stub.ts'

export type RandomCase = {
  readonly stubs: readonly Stub[]
  readonly pools: readonly PoolEntry[]
  readonly gasPrice: bigint
  readonly feeBps: bigint
}

/** Two collaterals, two debts and a hub around wrapped native; pools about as deep as the positions are large. */
export function randomCase(random: () => number, count: number): RandomCase {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!
  const [C1, C2, D1, H] = [token(1), token(2), token(3), token(4)]
  // Wei of wrapped native a smallest unit: tokens of 18, 8, 6 and 18 decimals.
  const worth = new Map<Address, number>([
    [W, 1],
    [C1, 0.8 + random()],
    [C2, 25e10 * (0.5 + random())],
    [D1, 4e8 * (0.9 + 0.2 * random())],
    [H, 4e-4 * (0.9 + 0.2 * random())],
  ])
  const pools: PoolEntry[] = []
  const add = (a: Address, b: Address): void => {
    const noise = 1 + (random() - 0.5) * (random() < 0.2 ? 0.03 : 0.004)
    const price = (worth.get(a)! / worth.get(b)!) * noise
    const deep = 10 ** (19.5 + random() * 2.5)
    if (random() < 0.5) {
      const reserve = deep / worth.get(a)!
      pools.push(pairOf(a, b, BigInt(Math.floor(reserve)), BigInt(Math.floor(reserve * price))))
      return
    }
    const liquidity = deep / Math.sqrt(worth.get(a)! * worth.get(b)!)
    const ranges = [800, 3_000, 20_000].map((width, i) => ({
      width,
      liquidity: BigInt(Math.floor((liquidity * (random() + 0.05) * [8, 2, 1][i]!) / 2)),
    }))
    pools.push(poolOf(a, b, price, ranges, pick([500, 3_000, 10_000])))
  }
  for (const [a, b, chance] of [
    [C1, W, 1],
    [C1, W, 0.5],
    [C2, W, 0.7],
    [D1, W, 1],
    [D1, W, 0.4],
    [C1, D1, 0.5],
    [C2, D1, 0.5],
    [C2, H, 0.4],
    [H, W, 0.8],
    [H, D1, 0.5],
  ] as const)
    if (random() < chance) add(a, b)
  if (!pools.some(({ module, pool }) => module.tokens(pool).includes(C2))) add(C2, W)
  const stubs = Array.from({ length: count }, (_, i): Stub => {
    const collateral = pick([C1, C1, C2, W, D1])
    const debt = pick([D1, D1, W, C2].filter((one) => one !== collateral || random() < 0.3))
    const full = 10 ** (17.5 + random() * 3) / worth.get(debt)!
    const bonus = 1.02 + random() * 0.08
    const scale = 10n ** 18n
    const [num, den] =
      worth.get(debt)! > worth.get(collateral)!
        ? [BigInt(Math.floor(((worth.get(debt)! * bonus) / worth.get(collateral)!) * 1e6)), 10n ** 6n]
        : [scale, BigInt(Math.floor((worth.get(collateral)! / (worth.get(debt)! * bonus)) * 1e18))]
    const units = BigInt(Math.floor(full))
    const segments = pick([
      upTo(units),
      withGap(units, (units * BigInt(Math.floor(20 + random() * 50))) / 100n),
      [{ from: units, to: units }],
    ])
    return { id: `p${i}`, collateral, debt, num, den, segments }
  })
  return { stubs, pools, gasPrice: BigInt(Math.floor(10 ** (8 + random() * 3))), feeBps: pick([0n, 0n, 5n]) }
}
