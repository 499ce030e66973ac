import { getBytes, id, keccak256, SigningKey, Transaction, Wallet } from 'ethers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import { hexOf, keccak } from '../../src/execution/keccak.ts'
import { relayHeader, signMessage } from '../../src/execution/relay-header.ts'
import { signTransaction, type Unsigned } from '../../src/execution/sign-transaction.ts'
import { createSigner } from '../../src/keys/create-signer.ts'
import { checkedEcdsa, type Ecdsa, ecdsa, nobleEcdsa } from '../../src/keys/ecdsa.ts'
import { times } from '../full/counts.ts'

const seed = Number(process.env.PLIMSOLL_SIGN_SEED ?? 11)
process.stdout.write(`sign seed ${seed}; native: ${ecdsa.name === 'native'}\n`)
const check = <T>(property: fc.IProperty<T>, numRuns = times(100, 300)): void => fc.assert(property, { seed, numRuns })

const hexText = (minLength: number, maxLength: number): fc.Arbitrary<Hex> =>
  fc.uint8Array({ minLength, maxLength }).map(hexOf)
const aNumber = (bits: number): fc.Arbitrary<bigint> =>
  fc.oneof(fc.constantFrom(0n, 1n, 127n, 128n, 255n, 256n), fc.bigInt(0n, 2n ** BigInt(bits) - 1n))
const aTransaction: fc.Arbitrary<Unsigned> = fc.record({
  chainId: fc.constantFrom(1, 10, 8453, 31337, 42161),
  nonce: fc.oneof(fc.constantFrom(0, 1, 127, 128, 256), fc.nat()),
  priorityFee: aNumber(40).map(wei),
  maxFee: aNumber(60).map(wei),
  gasLimit: fc.integer({ min: 21_000, max: 16_777_216 }),
  to: hexText(20, 20) as fc.Arbitrary<Address>,
  // Around the lengths at which RLP counts otherwise.
  data: fc.oneof(hexText(0, 2), hexText(54, 57), hexText(250, 260), hexText(1_000, 5_000), hexText(65_500, 65_600)),
})
const aKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((key) => {
  const value = BigInt(hexOf(key))
  return value > 0n && value < 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
})

function byEthers(key: Uint8Array, { priorityFee, maxFee, ...rest }: Unsigned): { raw: string; hash: string } {
  const least = priorityFee < maxFee ? priorityFee : maxFee
  const fees = { maxPriorityFeePerGas: least, maxFeePerGas: maxFee, value: 0n }
  const transaction = Transaction.from({ type: 2, ...rest, ...fees })
  transaction.signature = new SigningKey(key).sign(transaction.unsignedHash)
  return { raw: transaction.serialized, hash: keccak256(transaction.serialized) }
}

describe.each([ecdsa, nobleEcdsa])('a transaction signed by $name', (by: Ecdsa) => {
  it('is byte for byte what ethers signs', () => {
    check(
      fc.property(aKey, aTransaction, (key, transaction) => {
        expect(signTransaction(createSigner(key, by), transaction)).toEqual(byEthers(key, transaction))
      }),
    )
  })

  it('is so too where r or s begin with zeros', () => {
    const key = new Uint8Array(32).fill(3)
    const signer = createSigner(key, by)
    const transaction = { chainId: 1, priorityFee: wei(1n), maxFee: wei(9n), gasLimit: 21_000 }
    const to = `0x${'11'.repeat(20)}` as Address
    const found = new Set<string>()
    for (let nonce = 0; found.size < 2 && nonce < 5_000; nonce += 1) {
      const unsigned = { ...transaction, nonce, to, data: '0x' as const }
      const { raw } = signTransaction(signer, unsigned)
      const { r, s } = Transaction.from(raw).signature ?? { r: '', s: '' }
      for (const [name, value] of [
        ['r', r],
        ['s', s],
      ] as const) {
        if (!value.startsWith('0x00') || found.has(name)) continue
        found.add(name)
        expect(raw).toBe(byEthers(key, unsigned).raw)
      }
    }
    expect([...found].sort()).toEqual(['r', 's'])
  })

  it('signs a text, and a relay’s header, as a wallet does', async () => {
    for (const text of ['', 'one', '0x'.padEnd(66, 'a'), 'ü'.repeat(200)]) {
      const wallet = new Wallet(`0x${'5b'.repeat(32)}`)
      const signer = createSigner(getBytes(wallet.privateKey), by)
      expect(signMessage(signer, text)).toBe(wallet.signMessageSync(text))
      expect(relayHeader(signer, text)).toBe(`${wallet.address}:${await wallet.signMessage(id(text))}`)
    }
  })
})

describe('signing', () => {
  it('loads the native signer here: the prebuilt binary is installed', () => {
    expect(ecdsa.name).toBe(process.platform === 'linux' && process.arch === 'x64' ? 'native' : ecdsa.name)
  })

  it('does not use a binary that does not load, answers otherwise, or gives the higher s', () => {
    const wrong = (change: (signature: Uint8Array) => void): Ecdsa => ({
      name: 'native',
      sign: (digest, key) => {
        const signature = nobleEcdsa.sign(digest, key)
        change(signature)
        return signature
      },
    })
    const high = wrong((signature) => {
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
      const s = order - BigInt(hexOf(signature.subarray(32, 64)))
      signature.set(getBytes(`0x${s.toString(16).padStart(64, '0')}`), 32)
    })
    const parity = wrong((signature) => {
      signature[64] = 1 - (signature[64] ?? 0)
    })
    for (const bad of [high, parity]) expect(checkedEcdsa(() => bad)).toBe(nobleEcdsa)
    const missing = (): Ecdsa => {
      throw new Error('no binary')
    }
    expect(checkedEcdsa(missing)).toBe(nobleEcdsa)
  })

  it('hashes as ethers does, at every length around a block', () => {
    for (let length = 0; length < 700; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255)
      expect(hexOf(keccak(bytes))).toBe(keccak256(bytes))
    }
    const long = new Uint8Array(300_000).fill(9)
    expect(hexOf(keccak(long))).toBe(keccak256(long))
  })
})
