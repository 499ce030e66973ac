import { createHash } from 'node:crypto'
import { Interface, toBeHex, zeroPadValue } from 'ethers'
import { type Abi, decodeEventLog } from 'viem'
import { aaveV3Pool } from '#abis/aave-v3.ts'
import { erc20Abi } from '#abis/erc20.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { seeded } from '../sandbox/seeded.ts'
import { readLog } from '../src/chain/byte-log.ts'
import { readNotice, type Taker } from '../src/chain/notice.ts'
import type { Arm, Bench } from './bench.ts'

const count = 10_000
const abi = [...aaveV3Pool, ...erc20Abi] as const
const full = new Interface(abi)
const parsed = JSON.parse(full.formatJson()) as Abi

/** Amounts by reserve and holder: little beside the decoding, which is what is compared. */
type State = Map<string, bigint>
const add = (state: State, key: string, amount: bigint): void => void state.set(key, (state.get(key) ?? 0n) + amount)

/** Every part of every event, so that no arm may leave a part undecoded. */
const changes = {
  Transfer: (state: State, token: Address, from: Address, to: Address, value: bigint): void => {
    add(state, from, -value)
    if (token !== to) add(state, to, value)
  },
  ReserveDataUpdated: (
    state: State,
    reserve: Address,
    rates: readonly [bigint, bigint, bigint, bigint, bigint],
  ): void => {
    add(state, reserve, rates[0] + rates[1] + rates[2] + rates[3] - rates[4])
  },
  Supply: (state: State, reserve: Address, by: Address, holder: Address, amount: bigint): void => {
    if (reserve !== by) add(state, holder, amount)
  },
  Borrow: (state: State, reserve: Address, by: Address, holder: Address, amount: bigint, rate: bigint): void => {
    if (reserve !== by) add(state, holder, rate - amount)
  },
  Repay: (state: State, reserve: Address, holder: Address, by: Address, amount: bigint): void => {
    if (reserve !== by) add(state, holder, amount)
  },
}
type Name = keyof typeof changes
const names = Object.keys(changes) as readonly Name[]
const topicOf = Object.fromEntries(names.map((name) => [name, full.getEvent(name)?.topicHash])) as Record<Name, Hex>

/** By fixed offsets, as a strategy folds. */
const folds: ReadonlyMap<Hex, (state: State, log: Log) => void> = new Map([
  [
    topicOf.Transfer,
    (state, log) =>
      changes.Transfer(state, log.address, log.addressAt('topic', 1), log.addressAt('topic', 2), log.word(0)),
  ],
  [
    topicOf.ReserveDataUpdated,
    (state, log) =>
      changes.ReserveDataUpdated(state, log.addressAt('topic', 1), [
        log.word(0),
        log.word(1),
        log.word(2),
        log.word(3),
        log.word(4),
      ]),
  ],
  [
    topicOf.Supply,
    (state, log) =>
      changes.Supply(
        state,
        log.addressAt('topic', 1),
        log.addressAt('data', 0),
        log.addressAt('topic', 2),
        log.word(1),
      ),
  ],
  [
    topicOf.Borrow,
    (state, log) =>
      changes.Borrow(
        state,
        log.addressAt('topic', 1),
        log.addressAt('data', 0),
        log.addressAt('topic', 2),
        log.word(1),
        log.word(3),
      ),
  ],
  [
    topicOf.Repay,
    (state, log) =>
      changes.Repay(
        state,
        log.addressAt('topic', 1),
        log.addressAt('topic', 2),
        log.addressAt('topic', 3),
        log.word(0),
      ),
  ],
])

type Raw = { readonly address: string; readonly topics: readonly [Hex, ...Hex[]]; readonly data: Hex }
const lower = (value: unknown): Address => String(value).toLowerCase() as Address

/** What a library has decoded, by the arguments' names. */
function foldNamed(state: State, address: string, name: string, arg: (name: string) => unknown): void {
  const amount = (of: string): bigint => arg(of) as bigint
  const at = (of: string): Address => lower(arg(of))
  if (name === 'Transfer') changes.Transfer(state, lower(address), at('from'), at('to'), amount('value'))
  else if (name === 'Supply') changes.Supply(state, at('reserve'), at('user'), at('onBehalfOf'), amount('amount'))
  else if (name === 'Borrow')
    changes.Borrow(state, at('reserve'), at('user'), at('onBehalfOf'), amount('amount'), amount('borrowRate'))
  else if (name === 'Repay') changes.Repay(state, at('reserve'), at('user'), at('repayer'), amount('amount'))
  else
    changes.ReserveDataUpdated(state, at('reserve'), [
      amount('liquidityRate'),
      amount('stableBorrowRate'),
      amount('variableBorrowRate'),
      amount('liquidityIndex'),
      amount('variableBorrowIndex'),
    ])
}

/** As nodes push them: each log in a message of its own, in the order of members geth writes. */
function messages(): readonly Buffer[] {
  const random = seeded(3)
  const below = (n: number): number => Math.floor(random() * n)
  const someone = (): string => zeroPadValue(toBeHex(1 + below(400)), 20)
  const amount = (): bigint => BigInt(1 + below(2 ** 30)) * 10n ** BigInt(below(20))
  const argsOf: Record<Name, () => readonly unknown[]> = {
    Transfer: () => [someone(), someone(), amount()],
    ReserveDataUpdated: () => [someone(), amount(), amount(), amount(), amount(), amount()],
    Supply: () => [someone(), someone(), someone(), amount(), 0],
    Borrow: () => [someone(), someone(), someone(), amount(), 2, amount(), 0],
    Repay: () => [someone(), someone(), someone(), amount(), false],
  }
  return Array.from({ length: count }, (_, at) => {
    // Of ten logs five are transfers and two are indices, as in a block of Aave's users.
    const name =
      (
        [
          'Transfer',
          'ReserveDataUpdated',
          'Transfer',
          'Supply',
          'Transfer',
          'Borrow',
          'Transfer',
          'ReserveDataUpdated',
          'Transfer',
          'Repay',
        ] as const
      )[at % 10] ?? 'Transfer'
    const { topics, data } = full.encodeEventLog(name, argsOf[name]())
    const result = {
      ...{ address: someone(), topics, data, blockNumber: '0x14a3f2c', transactionHash: topicOf.Borrow },
      ...{ transactionIndex: '0x1f', blockHash: topicOf.Supply, logIndex: `0x${at.toString(16)}`, removed: false },
    }
    return Buffer.from(
      JSON.stringify({ jsonrpc: '2.0', method: 'eth_subscription', params: { subscription: '0x1', result } }),
    )
  })
}

/** `rounds`: how often it reads them all in one run, so that a fast arm is measured for as long as a slow one takes. */
function armOf(
  name: string,
  rounds: number,
  said: readonly Buffer[],
  fold: (state: State, message: Buffer) => void,
): Arm {
  return {
    name,
    run: () => {
      let state: State = new Map()
      const from = process.hrtime.bigint()
      for (let round = 0; round < rounds; round += 1) {
        state = new Map()
        for (const message of said) fold(state, message)
      }
      const micros = Number(process.hrtime.bigint() - from) / 1_000 / said.length / rounds
      const all = [...state].map(([key, value]) => `${key} ${value}`).sort()
      return { value: micros, result: createHash('sha256').update(all.join()).digest('hex') }
    },
  }
}

const resultOf = (message: Buffer): Raw => JSON.parse(message.toString('utf8')).params.result as Raw

/** From a message's bytes to the state it changes. */
export const bench: Bench = {
  name: 'logs',
  open: async () => {
    const said = messages()
    const ours = armOf('bytes', 30, said, (state, message) => {
      const taker: Taker<Log> = { read: readLog, take: (log) => folds.get(log.topic(0))?.(state, log) }
      readNotice(message, () => taker as Taker)
    })
    const ethers = armOf('ethers', 1, said, (state, message) => {
      const { address, topics, data } = resultOf(message)
      const log = full.parseLog({ topics, data })
      if (log !== null) foldNamed(state, address, log.name, (name) => log.args[name])
    })
    const viem = armOf('viem', 3, said, (state, message) => {
      const { address, topics, data } = resultOf(message)
      const { eventName, args } = decodeEventLog({ abi: parsed, topics: [...topics], data })
      foldNamed(state, address, String(eventName), (name) => (args as unknown as Record<string, unknown>)[name])
    })
    const size = said.reduce((sum, { length }) => sum + length, 0)
    return {
      metrics: [
        {
          name: 'logs',
          what: `${count} logs of Aave and ERC-20 (${Math.round(size / 1_000)} kB), from a node's bytes to state`,
          unit: 'µs/log',
          ours,
          references: [
            {
              arm: ethers,
              what: 'ethers 6.17.0: JSON.parse, Interface.parseLog with the whole Aave pool and ERC-20 ABIs',
              target: { kind: 'at-least', ratio: 100 },
              reason: 'the walk over the bytes is strict, and the state’s own update and cut strings are in the figure',
            },
            {
              arm: viem,
              what: 'viem 2.57.20: JSON.parse, decodeEventLog with the same ABIs',
              target: { kind: 'at-least', ratio: 25 },
              reason:
                'viem decodes in a third of the time it was once measured at; what is left is the strict walk and the state’s own update',
            },
          ],
          repeats: 5,
        },
      ],
      counts: [],
      close: async () => undefined,
    }
  },
}
