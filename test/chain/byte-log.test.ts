import { Interface } from 'ethers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { isKeeperError } from '#core/error.ts'
import { wei } from '#core/numbers.ts'
import { readLog } from '../../src/chain/byte-log.ts'
import { JsonCursor } from '../../src/chain/json-cursor.ts'
import { readNotice, rewritten } from '../../src/chain/notice.ts'

const block = { number: 7, timestamp: 1_000, baseFee: wei(1n), parentHash: '0x' as Hex }
const hexOf = (bytes: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((raw): Hex => `0x${Buffer.from(raw).toString('hex')}`)

/** What comes out of a message, in one pass or, where that does not do, written anew: as `socketRpc` hears it. */
function logsIn(message: Buffer): readonly Log[] {
  const heard: Log[] = []
  const taker = {
    read: readLog,
    take: (value: unknown) => heard.push((value as ReturnType<typeof readLog>).within(block)),
  }
  const takerOf = (name: string) => (name === 'ours' ? taker : undefined)
  try {
    // What is an answer is parsed as a whole.
    if (!readNotice(message, takerOf)) JSON.parse(String(message))
  } catch (error) {
    if (!isKeeperError(error, 'bad-answer')) throw error
    const plain = rewritten(message)
    if (plain === null) throw error
    readNotice(plain, takerOf)
  }
  return heard
}

const scalar = fc.oneof(
  fc
    .integer({ min: 1, max: 32 })
    .chain((n) => fc.record({ type: fc.constant(`uint${n * 8}`), value: fc.bigInt(0n, 2n ** BigInt(n * 8) - 1n) })),
  fc.integer({ min: 1, max: 32 }).chain((n) =>
    fc.record({
      type: fc.constant(`int${n * 8}`),
      value: fc.bigInt(-(2n ** BigInt(n * 8 - 1)), 2n ** BigInt(n * 8 - 1) - 1n),
    }),
  ),
  fc.record({ type: fc.constant('address'), value: hexOf(20) }),
  fc.record({ type: fc.constant('bool'), value: fc.boolean() }),
  fc.integer({ min: 1, max: 32 }).chain((n) => fc.record({ type: fc.constant(`bytes${n}`), value: hexOf(n) })),
)
type Arg = { readonly type: string; readonly value: bigint | boolean | Hex; readonly isIndexed: boolean }
const args: fc.Arbitrary<readonly Arg[]> = fc.array(fc.tuple(scalar, fc.boolean()), { maxLength: 12 }).map((all) => {
  let indexed = 0
  return all.map(([one, wanted]) => ({ ...one, isIndexed: wanted && ++indexed <= 3 }))
})
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
/** JSON as another might write it: members in any order, spaces anywhere, letters as escapes now and then. */
const written = (value: unknown): fc.Arbitrary<string> => {
  if (Array.isArray(value))
    return fc
      .tuple(space, ...value.map(written))
      .map(([gap, ...parts]) => `[${gap}${parts.join(`${gap},${gap}`)}${gap}]`)
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, inner]) => fc.tuple(text(key), written(inner)))
    return fc.tuple(space, fc.tuple(...members), fc.infiniteStream(fc.nat())).map(([gap, all, places]) => {
      const order = all
        .map((member) => ({ member, place: places.next().value as number }))
        .sort((a, b) => a.place - b.place)
      return `{${gap}${order.map(({ member: [key, inner] }) => `${key}${gap}:${gap}${inner}`).join(`${gap},`)}${gap}}`
    })
  }
  return typeof value === 'string' ? text(value) : fc.constant(JSON.stringify(value))
}
const text = (value: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constant(JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: fc.constant(
        `"${[...value].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
      ),
    },
  )
const case_ = fc.record({
  args,
  by: hexOf(20),
  hash: hexOf(32),
  isUpper: fc.boolean(),
  extra: fc.jsonValue(),
  index: fc.nat({ max: 2 ** 31 }),
})

function messageOf({
  args: given,
  by,
  hash,
  isUpper,
  extra,
  index,
}: typeof case_ extends fc.Arbitrary<infer T> ? T : never) {
  const inputs = given.map(({ type, isIndexed }, at) => `${type}${isIndexed ? ' indexed' : ''} a${at}`)
  const abi = new Interface([`event E(${inputs.join(', ')})`])
  const { topics, data } = abi.encodeEventLog(
    'E',
    given.map(({ value }) => value),
  )
  const result = {
    ...{ address: isUpper ? `0x${by.slice(2).toUpperCase()}` : by, topics, data, blockHash: hash, blockNumber: '0x7' },
    ...{ transactionHash: hash, transactionIndex: '0x3', logIndex: `0x${index.toString(16)}`, removed: false, extra },
  }
  const message = { jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: 'ours', result } }
  return { abi, topics, data, message }
}

it('a log read where it lies is what ethers reads, of any event, however it is written', () => {
  fc.assert(
    fc.property(
      case_.chain((one) => fc.record({ one: fc.constant(one), body: written(messageOf(one).message) })),
      ({ one, body }) => {
        const { abi, topics, data } = messageOf(one)
        const [log, ...more] = logsIn(Buffer.from(body))
        expect(more).toEqual([])
        const parsed = abi.parseLog({ topics, data })
        expect(log).toMatchObject({
          block,
          address: one.by,
          transactionHash: one.hash,
          transactionIndex: 3,
          logIndex: one.index,
        })
        expect([log?.topicCount, log?.data()]).toEqual([topics.length, data])
        let [topic, word] = [0, -1]
        one.args.forEach(({ type, isIndexed }, at) => {
          if (isIndexed) topic += 1
          else word += 1
          const raw = isIndexed ? BigInt(log!.topic(topic)) : log!.word(word)
          const theirs = parsed?.args[at] as unknown
          const bits = Number(/\d+$/.exec(type)?.[0] ?? 0)
          if (type === 'address')
            expect(log?.addressAt(isIndexed ? 'topic' : 'data', isIndexed ? topic : word)).toBe(
              String(theirs).toLowerCase(),
            )
          else if (type === 'bool') expect(raw === 1n).toBe(theirs)
          else if (type.startsWith('bytes')) expect(raw >> BigInt(256 - bits * 8)).toBe(BigInt(theirs as string))
          else expect(type.startsWith('int') ? BigInt.asIntN(256, raw) : raw).toBe(theirs)
        })
        expect(() => log?.word(word + 1)).toThrow(/has no word/)
        expect(() => log?.topic(topic + 1)).toThrow(/has no topic/)
      },
    ),
    { numRuns: 1_500 },
  )
})

it('whatever is done to a message, it is read as JSON.parse reads it or refused as a bad answer', () => {
  const counts = { same: 0, refused: 0 }
  const edit = fc.record({
    at: fc.nat(),
    drop: fc.nat({ max: 3 }),
    put: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('"', '\\', '{', '}', ',', ':', '0', '\u0001')),
  })
  fc.assert(
    fc.property(case_, edit, (one, { at, drop, put }) => {
      const whole = JSON.stringify(messageOf(one).message)
      const place = at % whole.length
      const body = whole.slice(0, place) + put + whole.slice(place + drop)
      const heard = readOrRefused(() => logsIn(Buffer.from(body)))
      const meant = readOrRefused(
        () => JSON.parse(body) as { params?: { subscription?: string; result?: Record<string, unknown> } },
      )
      if (meant === null) expect(heard).toBeNull()
      if (heard === null) {
        counts.refused += 1
        return
      }
      counts.same += 1
      for (const log of heard) {
        const { result = {} } = meant?.params ?? {}
        expect([log.topicCount, log.data(), log.transactionHash]).toEqual([
          (result.topics as string[]).length,
          result.data,
          result.transactionHash,
        ])
        expect(log.address).toBe(String(result.address).toLowerCase())
        expect(log.logIndex).toBe(Number(result.logIndex))
      }
    }),
    { numRuns: 4_000 },
  )
  expect(counts.same).toBeGreaterThan(100)
  expect(counts.refused).toBeGreaterThan(1_000)
})

it('the walk accepts nothing that JSON.parse does not', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"\\n"',
    '"\\x"',
    '"\\u00e"',
    '"\\u00e9"',
    '1',
    '-0.5e3',
    '01',
    'true',
    'nul',
    ' ',
    '"',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 9 }).map((all) => all.join('')),
        fc.json(),
      ),
      (body) => {
        const walk = (): boolean => {
          const cursor = new JsonCursor(Buffer.from(body))
          cursor.skip()
          cursor.end()
          return true
        }
        if (readOrRefused(walk) !== null) JSON.parse(body)
      },
    ),
    { numRuns: 20_000 },
  )
})

function readOrRefused<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isKeeperError(error, 'bad-answer')) throw error
    return null
  }
}
