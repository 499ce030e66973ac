import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Random } from '../../../sandbox/random.ts'
import { overlay } from '../../../src/book/overlay.ts'
import { sceneAfter } from '../../../src/scene/scene.ts'
import type { AaveScene } from '../../../strategies/aave-v3/account-data.ts'
import { liquidate, refusal } from '../../../strategies/aave-v3/liquidation.ts'
import type { AavePosition, Pair } from '../../../strategies/aave-v3/records.ts'
import { caseOf } from '../../../strategies/aave-v3/terms.ts'
import type { Aave } from '../../aave-v3/support/chain.ts'

/** One liquidation of a try: `null` terms where we say that the pool reverts. */
type Planned = {
  readonly opportunity: Opportunity<Pair>
  readonly input: bigint
  /** As it is sent: what takes all is sent as the largest integer. */
  readonly sent: bigint
  readonly repay: bigint
  readonly seize: bigint
}
export type PlannedTry = {
  readonly what: 'end' | 'outside' | 'inside' | 'sequence'
  readonly steps: readonly Planned[]
  readonly reverts: boolean
  /** Where every step goes through: the scene as they leave it. */
  readonly after: AaveScene | null
  readonly tags: readonly string[]
}

const largest = 2n ** 256n - 1n

function opportunitiesOf(strategy: Aave, scene: AaveScene, position: AavePosition): readonly Opportunity<Pair>[] {
  const market = scene.book.market(position.market)
  const now = scene.book.position(position.id)
  if (market === undefined || now === undefined) return []
  return strategy.assess(scene, market, [now]).flatMap((found) => (isBlocked(found) ? [] : [found]))
}

/** Every segment end, the integers just outside, some inside, and two in a row. */
export function triesOf(
  strategy: Aave,
  scene: AaveScene,
  position: AavePosition,
  random: Random,
): readonly PlannedTry[] {
  const found = opportunitiesOf(strategy, scene, position)
  return random.some(found, 2).flatMap((opportunity) => {
    const segments = opportunity.feasible?.segments ?? []
    const ends = segments.flatMap(({ from, to }) => [from, to])
    const outside = segments.flatMap(({ from, to }) => [from - 1n, to + 1n]).filter((input) => input > 0n)
    const inside = random.some(segments, 1).map(({ from, to }) => random.big(from, to))
    return [
      ...[...new Set(ends)].map((input) => single(scene, 'end', opportunity, input)),
      ...[...new Set([...outside, largest])].map((input) => single(scene, 'outside', opportunity, input)),
      ...inside.map((input) => single(scene, 'inside', opportunity, input)),
      ...sequence(strategy, scene, position, opportunity, random),
    ].map((one) => completed(strategy, scene, one))
  })
}

type Raw = Pick<PlannedTry, 'what' | 'steps' | 'reverts'>

function single(scene: AaveScene, what: PlannedTry['what'], opportunity: Opportunity<Pair>, input: bigint): Raw {
  const { on } = caseOf(scene, opportunity)
  const done = liquidate(on, input)
  const { wholeFrom } = opportunity.data
  const sent = what === 'end' && wholeFrom !== null && input >= wholeFrom ? largest : input
  return {
    what,
    steps: [{ opportunity, input, sent, repay: done.repay, seize: done.seize }],
    reverts: refusal(on, done) !== null,
  }
}

function sequence(
  strategy: Aave,
  scene: AaveScene,
  position: AavePosition,
  opportunity: Opportunity<Pair>,
  random: Random,
): readonly Raw[] {
  const segment = random.one(opportunity.feasible?.segments ?? [])
  if (segment === undefined) return []
  const first = single(
    scene,
    'inside',
    opportunity,
    random.chance(0.5) ? segment.to : random.big(segment.from, segment.to),
  )
  const [step] = first.steps
  if (step === undefined || first.reverts) return []
  const terms = strategy.terms(scene, opportunity, step.input)
  const next = sceneAfter(scene as never, terms.after as never, overlay) as unknown as AaveScene
  const [second] = random.some(opportunitiesOf(strategy, next, position), 1)
  const other = second === undefined ? undefined : random.one(second.feasible?.segments ?? [])
  if (second === undefined || other === undefined) return []
  return [{ what: 'sequence', steps: [step, ...single(next, 'end', second, other.to).steps], reverts: false }]
}

/** Tags and the scene afterwards, from the strategy's own terms: only for what it calls possible. */
function completed(strategy: Aave, scene: AaveScene, raw: Raw): PlannedTry {
  if (raw.reverts) return { ...raw, after: null, tags: [] }
  let now = scene
  const tags: string[] = []
  for (const { opportunity, input } of raw.steps) {
    const terms = strategy.terms(now, opportunity, input)
    tags.push(...terms.tags)
    now = sceneAfter(now as never, terms.after as never, overlay) as unknown as AaveScene
  }
  return { ...raw, after: now, tags }
}
