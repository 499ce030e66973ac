import { AbiCoder, concat, keccak256, SigningKey } from 'ethers'
import type { Hex } from '#core/address.ts'
import type { TestAccount } from './test-account.ts'

/** A signed OCR2 report, as the arguments of `transmit` and `transmitSecondary`. */
export type Report = readonly [readonly Hex[], Hex, readonly Hex[], readonly Hex[], Hex]

/** Reports whose median, the upper one of an even number, is the answer; signed by the first two of the signers. */
export function signedReport(
  digest: Hex,
  epoch: number,
  answer: bigint,
  observedAt: number,
  signers: readonly TestAccount[],
): Report {
  const observations = [answer - answer / 1_000n, answer - 1n, answer, answer + answer / 1_000n]
  const report = AbiCoder.defaultAbiCoder().encode(
    ['uint32', 'bytes32', 'int192[]', 'int192'],
    [observedAt, `0x00010203${'0'.repeat(56)}`, observations, 0],
  ) as Hex
  const context: Hex[] = [digest, `0x${(epoch * 256 + 1).toString(16).padStart(64, '0')}`, `0x${'0'.repeat(64)}`]
  const signed = keccak256(concat([keccak256(report), ...context]))
  const signatures = signers.slice(0, 2).map(({ privateKey }) => new SigningKey(privateKey).sign(signed))
  const vs = signatures.map(({ yParity }) => `0${yParity}`).join('')
  return [
    context,
    report,
    signatures.map(({ r }) => r as Hex),
    signatures.map(({ s }) => s as Hex),
    `0x${vs.padEnd(64, '0')}`,
  ]
}
