import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillTo } from '#core/curve.ts'
import { curveOfExit, leastToRedeem, redeemed, type Wrapping } from '#core/exit.ts'
import { amount, WAD } from '#core/numbers.ts'
import { token } from '../../sandbox/pool-records.ts'

const aWrapping = fc.record({
  token: fc.constant(token(1)),
  asset: fc.constant(token(2)),
  rate: fc.bigInt(1n, 10n ** 30n),
  scale: fc.constantFrom(1n, WAD, 10n ** 36n),
  feeWad: fc.oneof(fc.constant(0n), fc.bigInt(0n, WAD - 1n)),
  cash: fc.bigInt(0n, 10n ** 30n),
})
const seed = Date.now() & 0x7fffffff

describe(`what a wrapped token is redeemed at (seed ${seed})`, () => {
  it('the least that pays so much pays it, and one unit less does not', () => {
    let found = 0
    fc.assert(
      fc.property(aWrapping, fc.bigInt(0n, 10n ** 30n), (wrapping: Wrapping, wanted) => {
        const units = leastToRedeem(wrapping, amount(wanted))
        if (units === null || redeemed(wrapping, units) === null) return
        found += 1
        expect(redeemed(wrapping, units)).toBeGreaterThanOrEqual(wanted)
        expect(redeemed(wrapping, amount(units - 1n)) ?? 0n).toBeLessThan(wanted)
      }),
      { seed, numRuns: 20_000 },
    )
    process.stdout.write(`least to redeem: ${found} cases\n`)
    expect(found).toBeGreaterThan(200)
  })

  it('all that the cash allows can be sold, as far as floats tell, and sizing foresees no more than it pays', () => {
    fc.assert(
      fc.property(
        fc.bigInt(10n ** 12n, 10n ** 20n),
        fc.bigInt(10n ** 15n, 10n ** 26n),
        fc.bigInt(0n, WAD / 10n),
        (rate, cash, feeWad) => {
          const wrapping = { token: token(1), asset: token(2), rate, scale: WAD, feeWad, cash }
          const { sold, bought } = fillTo(curveOfExit(wrapping), 1e-30)
          const pays = redeemed(wrapping, amount(BigInt(Math.floor(sold * (1 - 1e-9)))))
          expect(pays).not.toBeNull()
          expect(bought / Number(pays)).toBeGreaterThan(1 - 1e-5)
          expect(bought / Number(pays)).toBeLessThan(1 + 1e-6)
        },
      ),
      { seed, numRuns: 2_000 },
    )
  })
})
