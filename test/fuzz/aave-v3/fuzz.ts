import type { Address, Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import { WAD } from '#core/numbers.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import { symbols, tokenData } from '../../../sandbox/market-data.ts'
import { type Random, randomOf } from '../../../sandbox/random.ts'
import { scan } from '../../../src/opportunity/scan.ts'
import type { AaveScene } from '../../../strategies/aave-v3/account-data.ts'
import { decodeAccountData, sameFigures } from '../../../strategies/aave-v3/probe.ts'
import { type AavePosition, isPool, isReserve, type Pool } from '../../../strategies/aave-v3/records.ts'
import { type RoundingName, roundings } from '../../../strategies/aave-v3/rounding.ts'
import {
  type Aave,
  type AaveBook,
  apply,
  bookOf,
  bootstrapped,
  headView,
  strategyFor,
} from '../../aave-v3/support/chain.ts'
import { answersOf, askOf, type Try } from './ask.ts'
import { type Branch, branches, branchesOf } from './branches.ts'
import { compare, type Mismatch, type MismatchKind } from './compare.ts'
import { randomScene } from './scenes.ts'
import { type PlannedTry, triesOf } from './tries.ts'
import { type FuzzWorld, startWorld } from './world.ts'

export type FuzzOptions = {
  readonly cases: number
  readonly seed: number
  /** Another version's, for both pools: the fuzzer must then find fault. */
  readonly rounding: RoundingName | null
  readonly onProgress: (text: string) => void
}
export type FuzzReport = {
  readonly strategy: string
  readonly seed: number
  readonly cases: number
  readonly tries: number
  readonly liquidatable: number
  readonly branches: Readonly<Record<Branch, number>>
  readonly mismatches: Readonly<Record<MismatchKind, number>>
  readonly mismatched: number
  /** The first few, in words. */
  readonly examples: readonly string[]
}

type Version = {
  readonly strategy: Aave
  readonly book: AaveBook
  readonly pool: Pool
  readonly positions: readonly AavePosition[]
}
type Prepared = {
  readonly version: Version
  readonly position: AavePosition
  readonly scene: AaveScene
  readonly planned: readonly PlannedTry[]
  readonly tries: readonly Try[]
  readonly prices: ReadonlyMap<Address, bigint>
}

/** Cases asked of the node at once. */
const pageSize = 20

export async function fuzzAave(options: FuzzOptions): Promise<FuzzReport> {
  const random = randomOf(options.seed)
  const perVersion = Math.ceil(options.cases / 2)
  const world = await startWorld(Math.ceil(perVersion / 2), random, options.onProgress)
  try {
    const view = await headView(world.sandbox.rpc)
    const { aave } = world.sandbox.addresses
    const versions = [
      await prepareVersion(aave['3.0'].provider, view, options.rounding),
      await prepareVersion(aave['3.6'].provider, view, options.rounding),
    ]
    return await runCases(options, world, view, versions, random)
  } finally {
    await world.sandbox.stop()
  }
}

async function prepareVersion(provider: Address, view: View, rounding: RoundingName | null): Promise<Version> {
  const strategy = strategyFor(provider)
  const shelf = await bootstrapped(strategy, view)
  const found = [...bookOf(shelf).markets()].find(isPool)
  if (found === undefined) throw new KeeperError('not-found', `no pool behind ${provider}`)
  if (!found.data.proven) throw new KeeperError('bad-answer', `revision ${found.data.revision} is not told as proven`)
  const market: Market<Pool> = rounding === null ? found : { ...found, data: { ...found.data, rounding } }
  apply(shelf, [{ op: 'put-market', market }])
  const book = bookOf(shelf)
  return { strategy, book, pool: market.data, positions: [...book.positions()] }
}

async function runCases(
  options: FuzzOptions,
  world: FuzzWorld,
  view: View,
  versions: readonly Version[],
  random: Random,
): Promise<FuzzReport> {
  const tally = newTally()
  const { tokens } = world.sandbox.addresses
  const base = new Map(symbols.map((symbol) => [tokens[symbol].address, tokenData[symbol].price]))
  for (const asset of world.sources.keys()) if (!base.has(asset)) base.set(asset, 99_900_000n)
  for (let from = 0; from < options.cases; from += pageSize) {
    const count = Math.min(pageSize, options.cases - from)
    const page = Array.from({ length: count }, (_, at) => {
      const version = versions[(from + at) % versions.length]
      if (version === undefined) throw new KeeperError('not-found', 'no version to fuzz')
      return prepareCase(version, view, base, random)
    })
    const answers = await world.sandbox.rpc.batch(page.map((one) => askOf(askedOf(world, view, one))))
    page.forEach((one, at) => {
      checkCase(world, one, answers[at], tally)
    })
    if ((from / pageSize) % 10 === 9) {
      options.onProgress(`${from + count} of ${options.cases} cases, ${tally.examples.length} mismatches`)
    }
  }
  return reportOf(options, tally)
}

function prepareCase(version: Version, view: View, base: ReadonlyMap<Address, bigint>, random: Random): Prepared {
  const { book, strategy } = version
  const position = random.one(version.positions)
  const { scene, prices } = randomScene(book, view.block, position, base, random)
  const planned = triesOf(strategy, scene, position, random)
  const tries: Try[] = planned.map(({ steps }) =>
    steps.map(({ opportunity, sent }) => ({
      collateral: assetOf(book, opportunity.data.collateral),
      debt: assetOf(book, opportunity.data.debt),
      input: sent,
    })),
  )
  return { version, position, scene, planned, tries: tries.length > 0 ? tries : hopeless(version, position), prices }
}

/** Where we say that nothing can be liquidated, the pool must refuse: everything, of any pair. */
function hopeless({ book, pool }: Version, position: AavePosition): Try[] {
  const assets = position.data.balances.flatMap(({ slot }) => {
    const id = pool.slots[slot] ?? null
    return id === null ? [] : [assetOf(book, id)]
  })
  const [collateral] = assets
  const debt = assets.at(-1)
  return collateral === undefined || debt === undefined ? [] : [[{ collateral, debt, input: 2n ** 255n }]]
}

function assetOf(book: AaveBook, id: Market['id']): Address {
  const market = book.market(id)
  if (!isReserve(market)) throw new KeeperError('not-found', `no reserve ${id}`)
  return market.data.asset
}

const tokensOf = ({ version: { book } }: Prepared): readonly Address[] =>
  [...book.markets()].filter(isReserve).flatMap(({ data }) => [data.aToken, data.variableDebtToken])

const askedOf = (world: FuzzWorld, view: View, one: Prepared): Parameters<typeof askOf>[0] => ({
  prober: world.prober,
  abi: world.proberAbi,
  pool: one.version.pool.pool,
  user: one.position.owner as Address,
  tries: one.tries,
  tokens: tokensOf(one),
  timestamp: one.scene.block.timestamp,
  block: `0x${view.block.number.toString(16)}` as Hex,
  prices: new Map([...one.prices].map(([asset, price]) => [world.sources.get(asset) as Address, price])),
})

type Tally = {
  cases: number
  tries: number
  liquidatable: number
  readonly branches: Map<Branch, number>
  readonly mismatches: Map<MismatchKind, number>
  mismatched: number
  readonly examples: string[]
}
const newTally = (): Tally => ({
  cases: 0,
  tries: 0,
  liquidatable: 0,
  branches: new Map(branches.map((branch) => [branch, 0])),
  mismatches: new Map<MismatchKind, number>(
    (['liquidatable', 'figures', 'repay', 'seize', 'leftover', 'end', 'screen'] as const).map((kind) => [kind, 0]),
  ),
  mismatched: 0,
  examples: [],
})

function checkCase(world: FuzzWorld, one: Prepared, answer: unknown, tally: Tally): void {
  const { account, answers } = answersOf(world.proberAbi, answer)
  const { strategy, pool } = one.version
  const told = decodeAccountData(account)
  const said = strategy.judge(one.scene, one.position)
  const isBelow = typeof told.healthFactor === 'bigint' && told.healthFactor < WAD
  const found: Mismatch[] = []
  if (said.liquidatable !== isBelow)
    found.push({ kind: 'liquidatable', detail: `said ${said.healthFactor}, is ${told.healthFactor}` })
  if (!sameFigures(said, told))
    found.push({ kind: 'figures', detail: `said ${said.healthFactor}, is ${told.healthFactor}` })
  if (said.liquidatable && !isScreened(one)) {
    found.push({ kind: 'screen', detail: `health ${said.healthFactor}, and the screen leaves it out` })
  }
  if (one.planned.length === 0) {
    if (answers.some(({ reverted }) => !reverted))
      found.push({ kind: 'liquidatable', detail: 'said nothing can be, went through' })
  }
  const tokens = tokensOf(one)
  one.planned.forEach((planned, at) => {
    const done = answers[at]
    if (done !== undefined) found.push(...compare(strategy, one.position, planned, done, tokens))
  })
  tally.cases += 1
  tally.tries += answers.length
  if (one.planned.length > 0) tally.liquidatable += 1
  for (const branch of branchesOf(one.scene, one.planned))
    tally.branches.set(branch, (tally.branches.get(branch) ?? 0) + 1)
  for (const kind of new Set(found.map((mismatch) => mismatch.kind))) {
    tally.mismatches.set(kind, (tally.mismatches.get(kind) ?? 0) + 1)
  }
  if (found.length > 0) {
    tally.mismatched += 1
    const [first] = found
    if (tally.examples.length < 10 && first !== undefined) {
      tally.examples.push(`revision ${pool.revision}, ${one.position.owner}: ${first.kind}: ${first.detail}`)
    }
  }
}

/** The floats that pick whom to prove must leave out nobody below the line. */
function isScreened({ scene, position, version }: Prepared): boolean {
  const book = { ...scene.book, positions: () => [position] }
  const picked = scan(version.strategy as unknown as Strategy, { ...scene, book } as unknown as Scene)
  return [...picked.values()].flat().length === 1
}

function reportOf({ seed, rounding }: FuzzOptions, tally: Tally): FuzzReport {
  return {
    strategy: rounding === null ? 'aave-v3' : `aave-v3 with the rounding of ${roundings[rounding].name}`,
    seed,
    cases: tally.cases,
    tries: tally.tries,
    liquidatable: tally.liquidatable,
    branches: Object.fromEntries(tally.branches) as Record<Branch, number>,
    mismatches: Object.fromEntries(tally.mismatches) as Record<MismatchKind, number>,
    mismatched: tally.mismatched,
    examples: tally.examples,
  }
}
