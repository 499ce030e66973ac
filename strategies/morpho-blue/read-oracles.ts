import { Interface } from 'ethers'
import { morphoOracle, morphoOracleFactory } from '#abis/morpho-blue.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Read, View } from '#core/world.ts'
import type { Parts } from './records.ts'

const oracle = new Interface(morphoOracle)
const factory = new Interface(morphoOracleFactory)
const views = [
  'BASE_VAULT',
  'BASE_VAULT_CONVERSION_SAMPLE',
  'BASE_FEED_1',
  'BASE_FEED_2',
  'QUOTE_VAULT',
  'QUOTE_VAULT_CONVERSION_SAMPLE',
  'QUOTE_FEED_1',
  'QUOTE_FEED_2',
  'SCALE_FACTOR',
].map((name) => oracle.encodeFunctionData(name) as Hex)

/**
 * What standard oracles are made of, in two rounds of calls. Only a factory's word counts: anybody can write a contract
 * that answers the same questions and prices by something else.
 */
export async function readOracles(
  view: View,
  factories: readonly Address[],
  oracles: readonly Address[],
): Promise<ReadonlyMap<Address, Parts>> {
  const made = await view.call(
    oracles.flatMap((at) =>
      factories.map((to): Read => ({ to, data: factory.encodeFunctionData('isMorphoChainlinkOracleV2', [at]) as Hex })),
    ),
  )
  const standard = oracles.filter((_, at) =>
    made.slice(at * factories.length, (at + 1) * factories.length).some((answer) => answer !== null && isTrue(answer)),
  )
  const answers = await view.call(standard.flatMap((to) => views.map((data): Read => ({ to, data }))))
  return new Map(
    standard.flatMap((at, index) => {
      const parts = partsOf(answers.slice(index * views.length, (index + 1) * views.length))
      return parts === null ? [] : [[at, parts] as const]
    }),
  )
}

const isTrue = (answer: Hex): boolean => answer.length >= 66 && BigInt(answer.slice(0, 66)) === 1n

function partsOf(answers: readonly (Hex | null)[]): Parts | null {
  const words = answers.filter((answer): answer is Hex => answer !== null && answer.length >= 66)
  if (words.length < views.length) return null
  const at = (index: number): Address => addressOfWord(words[index] ?? '0x')
  const number = (index: number): bigint => BigInt(words[index] ?? 0)
  const given = (...indices: readonly number[]): readonly Address[] =>
    indices.map(at).filter((one) => one !== ZERO_ADDRESS)
  return {
    baseVault: given(0)[0] ?? null,
    baseSample: number(1),
    baseFeeds: given(2, 3),
    quoteVault: given(4)[0] ?? null,
    quoteSample: number(5),
    quoteFeeds: given(6, 7),
    scale: number(8),
  }
}
