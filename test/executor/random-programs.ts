import type { Address, Hex } from '#core/address.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Instruction, Order, SwapAmount } from '#core/program.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { type Bench, E18 } from './bench.ts'
import { act, exactly, flash, flashSwap, gainedLess, order, redeem, swap } from './programs.ts'

/** A seeded stream of numbers below a bound. */
export type Dice = (below: number) => number
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return (below) => {
    // Mulberry32: short, and even enough to shake a contract with.
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
export const oneOf = <T>(dice: Dice, all: readonly T[]): T => all[dice(all.length)]!

const onLiquidate: Hex = '0x7ee0081a'

/** Programs good, bad and absurd, over everything a bench has; `decoy` is what is not registered. */
export function randomPrograms(bench: Bench, executor: Address, decoy: Address, dice: Dice) {
  const weth = bench.weth.address
  const names = Object.keys(bench.tokens) as (keyof Bench['tokens'])[]
  const plain = bench.tokens.PlainToken.address
  const asset = (): Address => (dice(3) === 0 ? weth : bench.tokens[oneOf(dice, names)].address)
  const units = (): bigint => BigInt(dice(1_000)) * 10n ** BigInt(10 + dice(7))
  const to = (): Address => (dice(5) === 0 ? oneOf(dice, [decoy, weth, executor]) : executor)
  const amountOf = (): SwapAmount => (dice(2) === 0 ? exactly(units()) : gainedLess(dice(2) === 0 ? 0n : units()))

  const approve = () => ({
    asset: asset(),
    amount: units(),
    ...(dice(6) === 0 ? { spender: oneOf(dice, [decoy, bench.morpho.address]) } : {}),
  })
  const market = (depth: number): Instruction => {
    const [debt, pay, give] = [asset(), units(), units()]
    const take = dice(3) === 0 ? weth : asset()
    const granted = { approve: { asset: debt, amount: dice(8) === 0 ? units() : pay } }
    switch (dice(10)) {
      case 0:
      case 1:
        return act(bench.market, 'redeem', [units(), take, to()])
      case 2:
      case 3:
        return act(bench.market, 'liquidate', [debt, pay, take, give], granted)
      case 4:
        return act(bench.market, 'liquidateBack', [debt, pay, take, give, 'payload'], {
          ...granted,
          callback: { selector: onLiquidate, inside: program(depth + 1) },
        })
      case 5:
        return act(bench.market, 'liquidateNative', [debt, pay, units() / 1_000n], granted)
      case 6:
        return act(bench.market, 'buy', [take, give], { value: dice(2) === 0 ? 0n : units() / 1_000n })
      case 7:
        return act(bench.market, 'sellAll', [debt, 0, take, give], {
          ...granted,
          fills: [{ offset: 36, with: 'gained', asset: debt }],
        })
      case 8:
        return act(bench.market, 'burnShares', [units(), take, give])
      default:
        return dice(3) === 0
          ? act(bench.market, 'refuse', [])
          : act(bench.market, 'liquidateCode', [dice(2)], { answer: 'zero' })
    }
  }
  const hostile = (depth: number): Instruction => {
    const callback = { callback: { selector: onLiquidate, inside: program(depth + 1) } }
    switch (dice(6)) {
      case 0:
        return act(bench.hostile, 'takesMore', [asset(), units()], { approve: approve() })
      case 1:
        return act(bench.hostile, 'takesNothing', [], { approve: approve() })
      case 2:
        return act(bench.hostile, 'takesLater', [asset(), executor, units()])
      case 3:
        return act(bench.hostile, 'callsBackTwice', ['payload'], callback)
      case 4:
        return act(bench.hostile, 'callsBackOtherwise', ['payload', oneOf(dice, [onLiquidate, '0x31f57072'])], callback)
      default:
        return act(bench.hostile, 'reenters', [oneOf(dice, ['0x', '0x12345678', '0x31f57072'])])
    }
  }
  const swapped = (): Instruction => {
    const name = oneOf(dice, names)
    const pair: [Address, Address] = [bench.tokens[name].address, weth]
    if (dice(2) === 0) pair.reverse()
    const minimum = dice(6) === 0 ? units() : 0n
    if (dice(2) === 0)
      return swap('uniswap-v2', bench.v2.factory.address, bench.v2.pair[name], pair, amountOf(), { minimum })
    const both: [Address, Address] = dice(2) === 0 ? [plain, weth] : [weth, plain]
    if (dice(2) === 0) {
      const manager = oneOf(dice, [bench.manager.address, bench.manager.address, bench.hostileManager.address, decoy])
      const tokens = dice(2) === 0 ? pair : both
      return swap('uniswap-v4', manager, manager, tokens, amountOf(), { minimum, tickSpacing: 60 })
    }
    const [factory, pool] = oneOf(dice, [
      [bench.v3.factory.address, bench.v3.pool],
      [bench.v3.factory.address, bench.v3.pool],
      [bench.greedy.address, bench.greedyPool],
      [decoy, decoy],
    ] as const)
    return swap('uniswap-v3', factory, pool, both, amountOf(), { minimum })
  }
  const redeemed = (): Instruction => {
    const vault = bench.vault.address
    const sale = redeem(dice(6) === 0 ? asset() : vault, dice(4) === 0 ? asset() : weth, amountOf())
    const shares = act(bench.market, 'redeem', [units(), vault, executor])
    return dice(3) === 0 ? sale : { op: 'try', gasLimit: 300_000, inside: [shares, sale] }
  }
  const flashSwapped = (depth: number): Instruction => {
    const both: [Address, Address] = dice(2) === 0 ? [plain, weth] : [weth, plain]
    const [factory, pool] = oneOf(dice, [
      [bench.v3.factory.address, bench.v3.pool],
      [bench.v3.factory.address, bench.v3.pool],
      [bench.greedy.address, bench.greedyPool],
    ] as const)
    const brings = act(bench.market, 'redeem', [units(), both[0], executor])
    return flashSwap(factory, pool, both, units(), [...(dice(3) === 0 ? [] : [brings]), ...program(depth + 1)])
  }
  const absurd = (): Instruction => {
    const target: Contract = { ...bench.market, address: oneOf(dice, [decoy, weth, plain, executor, bench.v3.pool]) }
    return act(target, 'refuse', [], dice(2) === 0 ? { approve: approve() } : {})
  }
  const one = (depth: number): Instruction => {
    const kind = dice(depth > 2 ? 12 : 16)
    if (kind < 5) return market(depth)
    if (kind < 8) return swapped()
    if (kind === 8) return { op: 'wrap' }
    if (kind === 9) return dice(2) === 0 ? hostile(depth) : redeemed()
    if (kind === 10) return dice(4) === 0 ? absurdly() : swapped()
    if (kind === 11) return act(bench.market, 'redeem', [units(), weth, executor])
    if (kind === 13 && dice(2) === 0) return flashSwapped(depth)
    if (kind < 14) {
      const [lender, flashKind] = oneOf(dice, [
        [bench.morpho.address, 'morpho'],
        [bench.lender.address, 'morpho'],
        [bench.lender.address, 'aave-v3'],
        [bench.manager.address, 'uniswap-v4'],
        [decoy, 'morpho'],
      ] as const)
      return flash(flashKind, lender, asset(), units(), program(depth + 1))
    }
    return { op: 'try', gasLimit: 50_000 + dice(600_000), inside: program(depth + 1) }
  }
  const absurdly = (): Instruction => {
    try {
      return absurd()
    } catch {
      return { op: 'wrap' }
    }
  }
  const safely = (depth: number): Instruction => {
    try {
      return one(depth)
    } catch {
      // An argument that does not fit its function: another choice.
      return { op: 'wrap' }
    }
  }
  const program = (depth: number): Instruction[] => Array.from({ length: 1 + dice(3) }, () => safely(depth))

  const pays = (): Instruction => act(bench.market, 'redeem', [E18 / 10n + units(), weth, executor])
  return (): Hex => {
    const parts = program(0)
    // Most of these fail; in a `try` each, they fail alone, and what the rest left behind is looked at.
    const guarded = parts.map((part): Instruction => ({ op: 'try', gasLimit: 500_000, inside: [part] }))
    const inside = dice(3) === 0 ? parts : [pays(), ...(dice(3) === 0 ? parts : guarded)]
    const rest: Partial<Order> = {
      tipShareBps: bps(BigInt(dice(4) === 0 ? dice(10_001) : 0)),
      minimumNet: wei(dice(4) === 0 ? units() : 0n),
    }
    const good = encodeOrder(order(inside, rest))
    return dice(5) === 0 ? mutated(good, dice) : good
  }
}

/** The same with bytes changed, cut off or put in, anywhere behind the call's own frame. */
export function mutated(data: Hex, dice: Dice): Hex {
  const bytes = [...Buffer.from(data.slice(2), 'hex')]
  for (let changes = 1 + dice(3); changes > 0; changes -= 1) {
    const at = 68 + dice(Math.max(1, bytes.length - 68))
    if (dice(4) > 0) bytes[at] = dice(256)
    else if (dice(2) === 0) bytes.splice(at, 1 + dice(8))
    else bytes.splice(at, 0, dice(256))
  }
  return `0x${Buffer.from(bytes).toString('hex')}`
}
