import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plain } from '#core/plain.ts'
import { newWriter } from '../../src/book/bytes.ts'
import { createCodec } from '../../src/book/codec.ts'
import { plain } from './support/plain.ts'

describe('codec', () => {
  it('gives back what it was given, after others and by another codec that knows its forms', () => {
    const codec = createCodec()
    fc.assert(
      fc.property(fc.array(plain, { minLength: 1, maxLength: 5 }), (values) => {
        const to = newWriter()
        for (const value of values) codec.write(to, value)
        for (const reader of [codec, createCodec(codec.forms())]) {
          const from = { bytes: to.bytes.slice(0, to.at), at: 0 }
          for (const value of values) same(reader.read(from), value)
          expect(from.at).toBe(to.at)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('keeps data of more forms than it keeps, and the order of names', () => {
    const codec = createCodec()
    const to = newWriter()
    const values = Array.from({ length: 6000 }, (_, n) => ({ z: 1n, [`k${n}`]: n, a: null }))
    for (const value of values) codec.write(to, value)
    const from = { bytes: to.bytes, at: 0 }
    for (const value of values) {
      const read = codec.read(from)
      expect(read).toStrictEqual(value)
      expect(Object.keys(read as object)).toEqual(Object.keys(value))
    }
    expect(codec.forms().length).toBeLessThanOrEqual(4096)
  })

  it('needs few bytes: an account with a supply and a debt takes 21', () => {
    const to = newWriter()
    const balances = [
      { slot: 1, supply: 123_456_789_012n, debt: 0n, stable: null },
      { slot: 7, supply: 0n, debt: 10n ** 18n + 7n, stable: null },
    ]
    createCodec().write(to, { emode: 0, config: (1n << 3n) | (1n << 14n), balances })
    expect(to.at).toBe(1 + (1 + 2) + (1 + (1 + 5)) + (1 + (1 + 8)))
  })
})

/** As vitest has it, but a dictionary without a prototype is a record too. */
const same = (read: Plain, wanted: Plain): void => expect(read).toEqual(wanted)
