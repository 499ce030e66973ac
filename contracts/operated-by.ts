import { AbiCoder, keccak256 } from 'ethers'
import { type Address, type Hex, wordOfAddress } from '#core/address.ts'

/** State laid over a block's, as `eth_simulateV1` and `eth_call` take it. */
export type Overrides = Readonly<
  Record<Address, { readonly code?: Hex; readonly balance?: Hex; readonly stateDiff?: Readonly<Record<Hex, Hex>> }>
>

/** `isOperator` of `Governed`, by its place in the contract's storage. */
const operatorsSlot = 4n

/** What must be laid over a block so that somebody can execute by the executor that stands there. */
export const operatedBy = (operator: Address, executor: Address): Overrides => ({
  [operator]: { balance: word(10n ** 24n) },
  [executor]: { stateDiff: { [slotIn(operatorsSlot, wordOfAddress(operator))]: word(1n) } },
})

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`

/** Where a mapping keeps what belongs to a key. */
export const slotIn = (mapping: bigint, key: Hex): Hex =>
  keccak256(AbiCoder.defaultAbiCoder().encode(['bytes32', 'uint256'], [key, mapping])) as Hex
