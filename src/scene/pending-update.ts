import type { Address, Hex } from '#core/address.ts'

/** What an oracle's transaction would tell an aggregator. */
export type PendingUpdate = {
  readonly aggregator: Address
  /** The forwarder that calls it; `null` where the sender does so itself. */
  readonly through: Address | null
  readonly kind: 'ocr2' | 'secondary' | 'ocr1' | 'flux'
  readonly answer: bigint
  /** Seconds; 0 where the report does not say. */
  readonly observedAt: number
  /** Epoch and round of the report as one number, or the round of a submission: what is newer is larger. */
  readonly round: number
}

const forward = '6fadcf72'
const selectors: Readonly<Record<string, PendingUpdate['kind']>> = {
  b1dc65a4: 'ocr2',
  ba0cb29e: 'secondary',
  c9807539: 'ocr1',
  '202ee0ed': 'flux',
}
const forwardsMax = 4
const oraclesMax = 31

/**
 * Reads a call to an aggregator, through forwarders too, out of its calldata alone; `null` where it is none, or none that
 * the aggregator's own checks of form would let pass. Who sends and signs is not looked at.
 * Source of the layouts: libocr's OffchainAggregator and OCR2Aggregator, FluxAggregator.submit.
 */
export function updateIn(to: Address, data: Hex): PendingUpdate | null {
  let through: Address | null = null
  let aggregator = to
  let text = data.slice(2)
  for (let depth = 0; text.startsWith(forward); depth += 1) {
    const inner = depth < forwardsMax ? bytesAt(text.slice(8), 1) : null
    const target = wordAt(text.slice(8), 0)
    if (inner === null || target === null) return null
    through = aggregator
    aggregator = `0x${target.slice(24)}` as Address
    text = inner
  }
  const kind = selectors[text.slice(0, 8)]
  if (kind === undefined) return null
  const told = kind === 'flux' ? submission(text) : kind === 'ocr1' ? firstReport(text) : secondReport(text)
  return told === null ? null : { aggregator, through, kind, ...told }
}

type Told = Pick<PendingUpdate, 'answer' | 'observedAt' | 'round'>

/** submit(uint256 roundId, int256 answer) */
function submission(text: string): Told | null {
  const round = numberAt(text.slice(8), 0)
  const answer = wordAt(text.slice(8), 1)
  return round === null || answer === null ? null : { round, answer: signed(answer), observedAt: 0 }
}

/** transmit(bytes report, …) with report = (bytes32 context, bytes32 observers, int192[] observations) */
function firstReport(text: string): Told | null {
  const report = bytesAt(text.slice(8), 0)
  if (report === null) return null
  const context = wordAt(report, 0)
  const answers = observationsIn(report, 2)
  if (context === null || answers === null || answers.some((one, at) => at > 0 && one < (answers[at - 1] ?? one)))
    return null
  return { round: epochAndRound(context), answer: medianOf(answers), observedAt: 0 }
}

/**
 * transmit(bytes32[3] context, bytes report, bytes32[] rs, bytes32[] ss, bytes32 vs)
 * with report = (uint32 observedAt, bytes32 observers, int192[] observations, int192 juelsPerFeeCoin)
 */
function secondReport(text: string): Told | null {
  const args = text.slice(8)
  const context = wordAt(args, 1)
  const report = bytesAt(args, 3)
  const [rs, ss] = [countAt(args, 4), countAt(args, 5)]
  if (context === null || report === null || rs === null || ss === null || rs > oraclesMax || ss !== rs) return null
  // The contract compares the same lengths, so that nobody can pad what it refunds.
  if (args.length !== 10 * 64 + report.length + 64 * (rs + ss)) return null
  const observedAt = numberAt(report, 0)
  const answers = observationsIn(report, 2)
  if (observedAt === null || answers === null || report.length !== 64 * (5 + answers.length)) return null
  return { round: epochAndRound(context), answer: medianOf(answers), observedAt }
}

/** A list of int192; at least one, at most as many as there can be oracles, each in its range. */
function observationsIn(report: string, pointer: number): readonly bigint[] | null {
  const at = numberAt(report, pointer)
  const count = countAt(report, pointer)
  if (at === null || count === null || count === 0 || count > oraclesMax) return null
  const found: bigint[] = []
  for (let index = 0; index < count; index += 1) {
    const word = report.slice(2 * at + 64 * (index + 1), 2 * at + 64 * (index + 2))
    if (word.length < 64) return null
    const value = signed(word)
    if (value !== BigInt.asIntN(192, value)) return null
    found.push(value)
  }
  return found
}

/** The upper one of an even number: `observations[length / 2]`. */
const medianOf = (answers: readonly bigint[]): bigint => answers[answers.length >> 1] ?? 0n
const signed = (word: string): bigint => BigInt.asIntN(256, BigInt(`0x${word}`))
/** The low five bytes. */
const epochAndRound = (word: string): number => Number.parseInt(word.slice(54), 16)

function wordAt(text: string, index: number): string | null {
  const word = text.slice(64 * index, 64 * (index + 1))
  return word.length === 64 && /^[0-9a-f]*$/.test(word) ? word : null
}

/** A word that fits in four bytes: all that is counted here does. */
function numberAt(text: string, index: number): number | null {
  const word = wordAt(text, index)
  return word === null || !word.startsWith('0'.repeat(56)) ? null : Number.parseInt(word.slice(56), 16)
}

/** The length behind a pointer. */
function countAt(text: string, pointer: number): number | null {
  const at = numberAt(text, pointer)
  return at === null ? null : numberAt(text.slice(2 * at, 2 * at + 64), 0)
}

function bytesAt(text: string, pointer: number): string | null {
  const at = numberAt(text, pointer)
  const length = countAt(text, pointer)
  if (at === null || length === null) return null
  const bytes = text.slice(2 * at + 64, 2 * at + 64 + 2 * length)
  return bytes.length === 2 * length ? bytes : null
}
