import { encodeRlp, keccak256 } from 'ethers'

/** A block as a node answers it, with everything that its hash is made of. */
export type HeldBlock = Readonly<Record<string, unknown>> & {
  readonly number: string
  readonly hash: string
  readonly parentHash: string
  readonly logsBloom: string
  readonly receiptsRoot: string
}

/** The fields of a header in their order, by the fork that brought them. Source: yellow paper §4.4, EIPs 1559, 4895, 4844, 4788, 7685. */
const always = [
  ['parentHash', 'sha3Uncles', 'miner', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'logsBloom'],
  ['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp', 'extraData', 'mixHash', 'nonce'],
].flat()
const later = [
  'baseFeePerGas',
  'withdrawalsRoot',
  'blobGasUsed',
  'excessBlobGas',
  'parentBeaconBlockRoot',
  'requestsHash',
]
const quantities: ReadonlySet<string> = new Set([
  ...['difficulty', 'number', 'gasLimit', 'gasUsed', 'timestamp', 'baseFeePerGas', 'blobGasUsed', 'excessBlobGas'],
])

/** Keccak of the header's RLP; `null` where a field that each header has is missing: its name comes with it. */
export function headerHash(block: HeldBlock): { readonly hash: string } | { readonly missing: string } {
  const missing = always.find((name) => typeof block[name] !== 'string')
  if (missing !== undefined) return { missing }
  const names = [...always, ...later.filter((name) => typeof block[name] === 'string')]
  return { hash: keccak256(encodeRlp(names.map((name) => rlpOf(name, String(block[name]))))) }
}

const rlpOf = (name: string, value: string): string => (quantities.has(name) ? scalar(value) : value)

/** A number as RLP has it: without leading zeros, zero as nothing. */
export function scalar(quantity: string): string {
  const digits = BigInt(quantity).toString(16)
  return digits === '0' ? '0x' : `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`
}
