import { type Address, address, type Hex } from '#core/address.ts'
import type { Instruction } from '#core/program.ts'
import { layout, nameOf, numberOf } from './layout.ts'

type Kind = keyof typeof layout.registry

/** As `contracts/src/Registry.sol` makes it: kind (1 byte) · 7 zero bytes · detail (4 bytes) · address (20 bytes). */
export const registryKey = (kind: Kind, detail: number, who: Address): Hex =>
  `0x${((BigInt(layout.registry[kind]) << 248n) | (BigInt(detail) << 160n) | BigInt(who)).toString(16).padStart(64, '0')}`

export const kindOfKey = (key: Hex): Kind => nameOf<Kind>(layout.registry, Number(key.slice(0, 4)))

/** For people: what a key stands for. */
export function wordsOfKey(key: Hex): string {
  const who = address(`0x${key.slice(-40)}`)
  const kind = kindOfKey(key)
  return kind === 'target' ? `call 0x${key.slice(18, 26)} of ${who}` : `use ${who} as ${kind}`
}

/**
 * Every registry entry without which the executor reverts a program, once each. Who pays native currency in the middle of
 * an act is not told by a program.
 */
export function registryKeysOf(program: readonly Instruction[]): readonly Hex[] {
  const keys = new Set<Hex>()
  const visit = (one: Instruction): void => {
    if (one.op === 'flash') keys.add(registryKey('lender', numberOf(layout.flash, one.kind), one.lender))
    if (one.op === 'swap') keys.add(registryKey('factory', numberOf(layout.venue, one.kind), one.factory))
    if (one.op === 'flash-swap') keys.add(registryKey('factory', numberOf(layout.venue, 'uniswap-v3'), one.factory))
    if (one.op === 'redeem') keys.add(registryKey('exit', 0, one.sell))
    if (one.op === 'flash' || one.op === 'try' || one.op === 'flash-swap') one.inside.forEach(visit)
    if (one.op !== 'act') return
    const { call, approve, callback } = one
    keys.add(registryKey('target', Number(call.data.slice(0, 10)), call.to))
    if (approve !== null && approve.spender !== call.to) keys.add(registryKey('spender', 0, approve.spender))
    if (callback !== null && callback.from !== call.to) keys.add(registryKey('peer', 0, callback.from))
    callback?.inside.forEach(visit)
  }
  program.forEach(visit)
  return [...keys]
}
