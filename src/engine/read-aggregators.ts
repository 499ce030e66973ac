import { id } from 'ethers'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { View } from '#core/world.ts'
import type { Aggregator, Round } from '../scene/aggregator.ts'

const selector = (signature: string): Hex => id(signature).slice(0, 10) as Hex
const latestRoundData = selector('latestRoundData()')
const views = {
  latest: latestRoundData,
  leastAnswer: selector('minAnswer()'),
  mostAnswer: selector('maxAnswer()'),
  leastSubmission: selector('minSubmissionValue()'),
  mostSubmission: selector('maxSubmissionValue()'),
  oracles: selector('oracleCount()'),
  transmitters: selector('getTransmitters()'),
  firstTransmitters: selector('transmitters()'),
  epoch: selector('latestConfigDigestAndEpoch()'),
  version: selector('typeAndVersion()'),
  secondary: selector('secondaryProxy()'),
  cutoff: selector('cutoffTime()'),
}
const names = Object.keys(views) as (keyof typeof views)[]
/** Rounds between what two proxies are shown, at most. */
const hiddenMax = 16

export type AggregatorAt = { readonly aggregator: Address; readonly proxy: Address }

/**
 * Aggregators as they stand at the view's block, with their facts; `null` where one cannot be followed by its logs: it
 * answers nothing, or shows each asker something else without saying whom and when.
 */
export async function readAggregators(
  view: View,
  those: readonly AggregatorAt[],
): Promise<readonly (Aggregator | null)[]> {
  const reads = those.flatMap(({ aggregator, proxy }) => [
    ...names.map((name) => ({ to: aggregator, data: views[name] })),
    { to: proxy, data: latestRoundData },
  ])
  const answers = reads.length === 0 ? [] : await view.call(reads)
  const width = names.length + 1
  const found: (Aggregator | null)[] = []
  for (const [at, { aggregator, proxy }] of those.entries()) {
    const own = answers.slice(at * width, (at + 1) * width)
    const answered = (name: keyof typeof views): Hex | null => filled(own[names.indexOf(name)] ?? null)
    const through = roundOf(filled(own[width - 1] ?? null))
    found.push(await aggregatorOf(view, aggregator, proxy, answered, through))
  }
  return found
}

async function aggregatorOf(
  view: View,
  at: Address,
  proxy: Address,
  answered: (name: keyof typeof views) => Hex | null,
  through: Round | null,
): Promise<Aggregator | null> {
  const [secondary, cutoff, epoch] = [answered('secondary'), answered('cutoff'), answered('epoch')]
  const isDual = secondary !== null && cutoff !== null && addressOfWord(secondary) !== ZERO_ADDRESS
  // Chainlink's own tells neither: what it shows can only be asked for.
  if (!isDual && textOf(answered('version')).startsWith('DualAggregator')) return null
  const newest = roundOf(answered('latest')) ?? through
  if (newest === null) return null
  const plain: Aggregator = {
    rounds: [newest],
    epoch: epoch === null ? 0 : Number(wordOf(epoch, 2)) * 256,
    bounds: boundsOf(answered),
    transmitters: addressesIn(answered('transmitters') ?? answered('firstTransmitters')),
    isSingle: answered('oracles') !== null && BigInt(answered('oracles') ?? 0) === 1n,
    dual: null,
  }
  if (!isDual) return plain
  const dualProxy = addressOfWord(secondary)
  const shown = dualProxy === proxy ? through : roundOf(await ask(view, dualProxy, latestRoundData))
  if (shown === null || newest.id - shown.id > hiddenMax) return null
  const rounds = [shown]
  for (let between = shown.id + 1; between <= newest.id; between += 1) {
    const data = `${selector('getRoundData(uint80)')}${between.toString(16).padStart(64, '0')}` as Hex
    const round = between === newest.id ? newest : roundOf(await ask(view, at, data))
    if (round === null) return null
    rounds.push(round)
  }
  const dual = { proxy: dualProxy, cutoff: Number(BigInt(cutoff)), shown: shown.id, isLatestSecondary: false }
  return { ...plain, rounds, dual }
}

async function ask(view: View, to: Address, data: Hex): Promise<Hex | null> {
  return filled((await view.call([{ to, data }]))[0] ?? null)
}

function boundsOf(answered: (name: keyof typeof views) => Hex | null): Aggregator['bounds'] {
  const least = answered('leastAnswer') ?? answered('leastSubmission')
  const most = answered('mostAnswer') ?? answered('mostSubmission')
  if (least === null || most === null) return null
  return { least: BigInt.asIntN(256, BigInt(least)), most: BigInt.asIntN(256, BigInt(most)) }
}

/** (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, …); a proxy puts its phase above the round. */
function roundOf(answer: Hex | null): Round | null {
  if (answer === null || answer.length < 2 + 5 * 64) return null
  return {
    id: Number(BigInt.asUintN(64, wordOf(answer, 0))),
    answer: BigInt.asIntN(256, wordOf(answer, 1)),
    observedAt: Number(wordOf(answer, 2)),
    recordedAt: Number(wordOf(answer, 3)),
  }
}

function addressesIn(answer: Hex | null): readonly Address[] {
  if (answer === null || answer.length < 2 + 2 * 64) return []
  const count = Math.min(Number(wordOf(answer, 1)), (answer.length - 2) / 64 - 2)
  return Array.from({ length: count }, (_, at) =>
    addressOfWord(`0x${answer.slice(2 + 64 * (at + 2), 66 + 64 * (at + 2))}`),
  )
}

function textOf(answer: Hex | null): string {
  return answer === null ? '' : Buffer.from(answer.slice(2 + 2 * 64), 'hex').toString('utf8')
}

const filled = (answer: Hex | null): Hex | null => (answer !== null && answer.length >= 66 ? answer : null)
const wordOf = (data: Hex, index: number): bigint => BigInt(`0x${data.slice(2 + index * 64, 66 + index * 64)}`)
