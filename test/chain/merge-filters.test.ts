import fc from 'fast-check'
import { expect, it } from 'vitest'
import { address, type Hex } from '#core/address.ts'
import type { Log, LogFilter } from '#core/block.ts'
import { wei } from '#core/numbers.ts'
import { decodeLog } from '../../src/chain/log.ts'
import { matches } from '../../src/chain/match.ts'
import { mergeFilters } from '../../src/chain/merge-filters.ts'

const addresses = [1, 2, 3].map((n) => address(`0x${String(n).repeat(40)}`))
const words = ['a', 'b', 'c'].map((digit): Hex => `0x${digit.repeat(64)}`)
const topic = fc.oneof(fc.constantFrom(...words), fc.subarray(words, { minLength: 1 }), fc.constant(null))
const filter: fc.Arbitrary<LogFilter> = fc.record({
  addresses: fc.oneof(
    { weight: 6, arbitrary: fc.subarray(addresses, { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant('any' as const) },
  ),
  topics: fc.array(topic, { maxLength: 3 }),
})
const log: fc.Arbitrary<Log> = fc
  .record({ address: fc.constantFrom(...addresses), topics: fc.array(fc.constantFrom(...words), { maxLength: 3 }) })
  .map((raw) =>
    decodeLog(
      {
        ...raw,
        data: '0x',
        blockNumber: '0x1',
        blockHash: '0x',
        transactionHash: '0x',
        transactionIndex: '0x0',
        logIndex: '0x0',
      },
      { number: 1, timestamp: 0, baseFee: wei(0n), parentHash: '0x' },
    ),
  )

it('merged filters give every log that any of them gave', () => {
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 8 }), log, (filters, one) => {
      if (!filters.some((each) => matches(each, one))) return
      expect(mergeFilters(filters).some((each) => matches(each, one))).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

it('filters that bind the event alone become one', () => {
  const [a, b, c] = addresses
  const [x, y] = words
  const merged = mergeFilters([
    { addresses: [a!], topics: [x!] },
    { addresses: [b!], topics: [[x!, y!]] },
    { addresses: [a!], topics: [x!, null, y!] },
    { addresses: [c!], topics: [x!, null, y!] },
  ])
  expect(merged).toEqual([
    { addresses: [a, b], topics: [[x, y]] },
    { addresses: [a, c], topics: [x, null, y] },
  ])
})
