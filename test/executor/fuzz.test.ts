import { AbiCoder, Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Instruction } from '#core/program.ts'
import { RefusedError } from '../../src/chain/rpc.ts'
import { orderBytes } from '../../src/execution/encode-order.ts'
import { executorError } from '../../src/execution/executed.ts'
import { account, type Bench, E18, startBench } from './bench.ts'
import { act, flash, gainedLess, order, swap } from './programs.ts'
import { diceOf } from './random-programs.ts'

const abi = new Interface(executorAbi)
const seed = Number(process.env.PLIMSOLL_SEED ?? Date.now() & 0x7fffffff)

describe('orders that are none', () => {
  let bench: Bench
  let weth: Address
  let token: Address
  beforeAll(async () => {
    bench = await startBench()
    weth = bench.weth.address
    token = bench.tokens.PlainToken.address
  })
  afterAll(() => bench?.stop())

  async function outcomes(calls: readonly Hex[]): Promise<readonly string[]> {
    const answers = await bench.rpc.batch(
      calls.map((data) => ({
        method: 'eth_call',
        params: [{ from: account.operator.address, to: bench.executor, data, gas: '0x4c4b40' }, 'latest'],
      })),
    )
    return answers.map((answer) => {
      if (!(answer instanceof KeeperError)) return 'ok'
      const data = answer instanceof RefusedError && typeof answer.data === 'string' ? answer.data : '0x'
      return executorError(data as Hex) ?? 'reverted'
    })
  }
  const executing = (bytes: Hex): Hex => abi.encodeFunctionData('execute', [bytes]) as Hex
  const gift = (): Instruction => act(bench.market, 'redeem', [E18, weth, bench.executor])
  const rich = (): Hex =>
    orderBytes(
      order(
        [
          gift(),
          flash('morpho', bench.morpho.address, token, E18, [
            { op: 'try', gasLimit: 300_000, inside: [act(bench.market, 'refuse', [])] },
            act(bench.market, 'liquidateBack', [token, 5n, weth, 5n, 'payload'], {
              approve: { asset: token, amount: 5n },
              fills: [{ offset: 100, with: 'gained', asset: token }],
              callback: { selector: '0x7ee0081a', inside: [{ op: 'wrap' }] },
            }),
            swap('uniswap-v3', bench.v3.factory.address, bench.v3.pool, [weth, token], gainedLess(0n)),
          ]),
          gift(),
        ],
        { expects: [{ to: weth, data: '0x313ce567', word: `0x${'12'.padStart(64, '0')}` }] },
      ),
    )

  it('random bytes revert', async () => {
    const dice = diceOf(seed)
    const calls = Array.from({ length: 2_000 }, () => {
      const bytes = Buffer.from(Array.from({ length: dice(400) }, () => dice(256)))
      return executing(`0x${bytes.toString('hex')}`)
    })
    const found = await outcomes(calls)
    process.stdout.write(`random orders, seed ${seed}: ${tally(found)}\n`)
    expect(found).not.toContain('ok')
  })

  it('instructions with random operands revert', async () => {
    const dice = diceOf(seed + 1)
    const head = orderBytes(order([]))
    const bodies = Array.from({ length: 2_000 }, () => {
      // Instructions that exist, with operands that make no sense.
      const operand = Array.from({ length: 1 + dice(60) }, () => dice(256))
      return Buffer.from([1 + dice(4), 0, 0, operand.length, ...operand])
    })
    const found = await outcomes(bodies.map((body) => executing(`${head}${body.toString('hex')}`)))
    process.stdout.write(`random operands, seed ${seed + 1}: ${tally(found)}
`)
    // A `try` swallows what fails inside it; everything else must revert.
    const ops = found.flatMap((one, index) => (one === 'ok' ? [bodies[index]![0]] : []))
    expect(ops.filter((op) => op !== 2)).toEqual([])
  })

  it('an order cut anywhere is never read past its end, although there are bytes to read', async () => {
    const whole = rich()
    expect(await outcomes([executing(whole)])).toEqual(['ok'])
    const total = (whole.length - 2) / 2
    // The length says less than what follows it: whoever reads on finds the rest of a good order.
    const word = (value: number): string => value.toString(16).padStart(64, '0')
    const selector = abi.getFunction('execute')!.selector
    const calls = Array.from(
      { length: total },
      (_, size): Hex => `${selector as Hex}${word(32)}${word(size)}${whole.slice(2)}${'00'.repeat(31)}`,
    )
    const found = await outcomes(calls)
    const boundaries = boundariesOf(whole)
    found.forEach((one, size) => {
      if (boundaries.has(size)) expect(one, `at ${size}`).not.toBe('reverted')
      else expect(one, `at ${size}`).toBe('BadProgram()')
    })
    process.stdout.write(`cut orders: ${total} lengths, ${tally(found)}\n`)
  })

  it('an order whose own lengths lie reverts', async () => {
    const dice = diceOf(seed + 2)
    const whole = Buffer.from(rich().slice(2), 'hex')
    const calls = Array.from({ length: 1_500 }, () => {
      const bytes = Buffer.from(whole)
      bytes[33 + dice(bytes.length - 33)] = dice(2) === 0 ? 0xff : dice(256)
      return executing(`0x${bytes.toString('hex')}`)
    })
    const found = await outcomes(calls)
    process.stdout.write(`orders with one byte changed, seed ${seed + 2}: ${tally(found)}\n`)
    expect(found.filter((one) => one !== 'ok').length).toBeGreaterThan(calls.length / 2)
  })

  it('calldata that is no call of ours reverts', async () => {
    const dice = diceOf(seed + 3)
    const calls = Array.from({ length: 1_000 }, (): Hex => {
      const bytes = Buffer.from(Array.from({ length: 1 + dice(200) }, () => dice(256)))
      return `0x${bytes.toString('hex')}`
    })
    const lying = AbiCoder.defaultAbiCoder()
      .encode(['uint256', 'uint256'], [2n ** 255n, 2n ** 255n])
      .slice(2)
    expect(await outcomes([...calls, `${abi.getFunction('execute')!.selector as Hex}${lying}`])).not.toContain('ok')
  })

  /** Where an instruction ends, the program may end too: then it is a shorter program. */
  function boundariesOf(whole: Hex): ReadonlySet<number> {
    const bytes = Buffer.from(whole.slice(2), 'hex')
    let at = 34 + bytes[33]! * 20
    at += 1 + 54 + bytes.readUInt16BE(at + 1 + 52)
    const found = new Set<number>([at])
    while (at < bytes.length) {
      at += 4 + bytes.readUIntBE(at + 1, 3)
      found.add(at)
    }
    return found
  }
  const tally = (all: readonly string[]): string => {
    const counts = new Map<string, number>()
    for (const one of all) {
      const name = one.replace(/\(.*/, '')
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
  }
})
