import { id } from 'ethers'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Rec } from '#core/plain.ts'
import type { Read, View } from '#core/world.ts'
import { type FormulaName, isComputable } from '../scene/price-formulas.ts'

/** What stands behind a contract that is asked for a price. */
export type Origin = Rec &
  (
    | { readonly kind: 'proxy'; readonly aggregator: Address }
    | {
        readonly kind: 'formula'
        readonly name: FormulaName
        /** Contracts it asks in turn. */
        readonly parts: readonly Address[]
        /** Calls to it whose answers move without an oracle. */
        readonly rates: readonly Hex[]
        readonly constants: readonly bigint[]
      }
    /** Nothing known: only the chain can say what it answers. */
    | { readonly kind: 'unknown' }
  )

const selector = (signature: string): Hex => id(signature).slice(0, 10) as Hex

/** An adapter is told by answering these, and not answering that: what is meant by them is in `price-formulas`. */
type Adapter = {
  readonly name: FormulaName
  readonly parts: readonly Hex[]
  readonly rates: readonly Hex[]
  readonly constants: readonly Hex[]
  readonly not: Hex | null
}
const adapter = (
  name: FormulaName,
  parts: readonly string[],
  rates: readonly string[],
  constants: readonly string[] = [],
  not: string | null = null,
): Adapter => ({
  name,
  parts: parts.map(selector),
  rates: rates.map(selector),
  constants: constants.map(selector),
  not: not === null ? null : selector(not),
})
const capoRates = ['getRatio()', 'getSnapshotRatio()', 'getSnapshotTimestamp()', 'getMaxRatioGrowthPerSecond()']
const adapters: readonly Adapter[] = [
  // Later ones scale the growth and bound the ratio from below too.
  adapter('capo', ['BASE_TO_USD_AGGREGATOR()'], capoRates, ['RATIO_DECIMALS()'], 'getMaxRatioGrowthPerSecondScaled()'),
  adapter('price-cap', ['ASSET_TO_USD_AGGREGATOR()'], ['getPriceCap()']),
  adapter('vault', ['BASE_FEED()'], ['getRatio()']),
  adapter('peg', ['ASSET_TO_PEG()', 'PEG_TO_BASE()'], [], ['DECIMALS()', 'DENOMINATOR()']),
]
const proxyViews = [selector('aggregator()')]
const allViews = [
  ...new Set([
    ...proxyViews,
    ...adapters.flatMap(({ parts, rates, constants, not }) => [
      ...parts,
      ...rates,
      ...constants,
      ...(not === null ? [] : [not]),
    ]),
  ]),
]

/** Asks contracts what they are, by their own views. */
export async function recognise(view: View, contracts: readonly Address[]): Promise<ReadonlyMap<Address, Origin>> {
  const reads = contracts.flatMap((to) => allViews.map((data): Read => ({ to, data })))
  const answers = reads.length === 0 ? [] : await view.call(reads)
  return new Map(
    contracts.map((contract, at) => {
      const own = answers.slice(at * allViews.length, (at + 1) * allViews.length)
      return [contract, originOf((asked) => own[allViews.indexOf(asked)] ?? null)] as const
    }),
  )
}

/** Which aggregator stands behind each proxy now: a phase change leaves no log. */
export async function aggregatorsBehind(view: View, proxies: readonly Address[]): Promise<readonly (Address | null)[]> {
  const [data = '0x' as Hex] = proxyViews
  const answers = proxies.length === 0 ? [] : await view.call(proxies.map((to) => ({ to, data })))
  return proxies.map((_, at) => {
    const answer = answers[at] ?? null
    return isWord(answer) ? addressOfWord(answer) : null
  })
}

function originOf(answered: (asked: Hex) => Hex | null): Origin {
  const words = (asked: readonly Hex[]): readonly Hex[] | null => {
    const found = asked.map(answered)
    return found.every(isWord) ? found : null
  }
  const proxy = words(proxyViews)?.[0]
  if (proxy !== undefined) return { kind: 'proxy', aggregator: addressOfWord(proxy) }
  for (const { name, parts, rates, constants, not } of adapters) {
    const [asked, fixed] = [words(parts), words(constants)]
    if (asked === null || fixed === null || words(rates) === null) continue
    if (not !== null && words([not]) !== null) continue
    const values = fixed.map(BigInt)
    if (isComputable(name, values))
      return { kind: 'formula', name, parts: asked.map(addressOfWord), rates, constants: values }
  }
  return { kind: 'unknown' }
}

/** A call to an address without code answers nothing at all. */
const isWord = (answer: Hex | null): answer is Hex => answer !== null && answer.length >= 66
