import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Trust } from '#core/trust.ts'
import { layout, numberOf } from '../src/execution/layout.ts'
import { registryKey } from '../src/execution/registry-keys.ts'

/** One line of the executor's registry. `words` says to people what it allows. */
export type RegistryEntry = { readonly key: Hex; readonly value: Hex; readonly words: string }

/** Aave v3 (and v2): `liquidationCall(address,address,address,uint256,bool)`. */
const liquidationCall: Hex = '0x00a718a9'
/**
 * Creation code of Uniswap's own pools, the same on every chain they deployed to; forks have others. Those of V4 have no
 * code of their own: any word but zero.
 */
export const initCodeHashes = {
  'uniswap-v3': '0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54',
  'uniswap-v2': '0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f',
  'uniswap-v4': `0x${'0'.repeat(63)}1`,
} as const satisfies Readonly<Record<string, Hex>>

/**
 * Leave to call one function of a contract. `recipientArgument`: the number of the argument that says who receives,
 * which the executor then holds to itself. `watched`: a token the function may take without an approval.
 */
export function targetEntry(
  to: Address,
  selector: Hex,
  rules: { readonly recipientArgument?: number; readonly watched?: Address } = {},
): RegistryEntry {
  const recipient = rules.recipientArgument === undefined ? 0n : BigInt(rules.recipientArgument + 1)
  if (recipient > 255n || selector.length !== 10)
    throw new KeeperError('bad-argument', `no entry for ${selector} of ${to}: four bytes, and at most 254 arguments`)
  const value = (BigInt(rules.watched ?? '0x0') << 96n) | (recipient << 8n) | 1n
  return entryOf('target', Number(selector), to, word(value), `call ${selector} of ${to}`)
}

export const spenderEntry = (who: Address): RegistryEntry =>
  entryOf('spender', 0, who, word(1n), `approve ${who} for what an act pays`)
/** May call back in the middle of an act, or pay native currency, although another contract was called. */
export const peerEntry = (who: Address): RegistryEntry =>
  entryOf('peer', 0, who, word(1n), `let ${who} call back or pay during an act`)
/** @throws `unsupported` for a kind of lender the executor has no module for. */
export const lenderEntry = (kind: string, lender: Address): RegistryEntry =>
  entryOf('lender', numberOf(layout.flash, kind), lender, word(1n), `borrow from ${lender} (${kind})`)
/** @throws `unsupported` for a kind of venue the executor has no module for. */
export const factoryEntry = (kind: keyof typeof initCodeHashes, factory: Address, initCodeHash?: Hex): RegistryEntry =>
  entryOf(
    'factory',
    numberOf(layout.venue, kind),
    factory,
    initCodeHash ?? initCodeHashes[kind],
    `swap with the pools of ${factory} (${kind})`,
  )

/**
 * How a wrapped token is redeemed: an order names the token alone, all else is here.
 * @throws `bad-argument` for more than seven arguments.
 */
export function exitEntry({ token, redeemer, selector, takes, answer, pays }: ExitRecipe): RegistryEntry {
  if (takes.length > 7 || selector.length !== 10)
    throw new KeeperError('bad-argument', `no entry for ${selector} of ${redeemer}: four bytes, at most 7 arguments`)
  const { exitArgument, exitFlag } = layout
  const flags = (answer === 'zero' ? exitFlag.answersZero : 0) | (pays === 'native' ? exitFlag.paysNative : 0)
  const all = [...takes.map((one) => exitArgument[one]), 0, 0, 0, 0, 0, 0, 0].slice(0, 7)
  const head = [flags, ...all].reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const value = (head << 192n) | (BigInt(selector) << 160n) | BigInt(redeemer)
  return entryOf('exit', 0, token, word(value), `redeem ${token} by ${selector} of ${redeemer}`)
}
type ExitRecipe = Omit<Extract<Trust, { kind: 'exit' }>, 'kind'>

/** What liquidating on an Aave v3 pool needs; `lends` adds its flash loans. */
export const aavePoolEntries = (pool: Address, { lends = true } = {}): readonly RegistryEntry[] => [
  targetEntry(pool, liquidationCall),
  ...(lends ? [lenderEntry('aave-v3', pool)] : []),
]

/** The key of leave to call a function; what the owner names when removing it. */
export const keyOfTarget = (to: Address, selector: Hex): Hex => registryKey('target', Number(selector), to)

function entryOf(kind: keyof typeof layout.registry, detail: number, who: Address, value: Hex, words: string) {
  return { key: registryKey(kind, detail, address(who)), value, words }
}

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`
