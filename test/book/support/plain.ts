import fc from 'fast-check'
import type { Plain, Rec } from '#core/plain.ts'

export const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`)

/** Any plain data, rich in what a codec may get wrong. */
export const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain; rec: Rec }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'plain' },
    fc.constantFrom<Plain>(null, true, false, 0n, 0, -0, '', '0x', -1n, 2n ** 256n, -(2n ** 255n), 1n << 77n, 2 ** 53),
    fc.bigInt(),
    fc.bigInt({ min: 0n, max: 2n ** 80n }),
    fc.bigInt({ min: -(2n ** 700n), max: 2n ** 700n }),
    fc.nat(),
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    address,
    fc.uint8Array({ maxLength: 70 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
    fc.array(tie('value'), { maxLength: 60 }),
    tie('rec'),
  ),
  rec: fc.dictionary(
    fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('a', 'b', '$', '__proto__', ']"}')),
    tie('value'),
    {
      maxKeys: 6,
    },
  ),
})).value
