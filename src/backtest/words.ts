import type { Hex } from '#core/address.ts'
import type { OwnedPatch } from '#core/book.ts'
import type { Plan, Verdict } from '#core/plan.ts'
import type { SceneSpec } from '#core/scene.ts'
import { positionsOf } from '../engine/verdict-record.ts'

export type Word = { readonly verdict: Verdict; readonly spec: SceneSpec }
export type Words = ReadonlyMap<string, Word>
export type Hinted = { readonly spec: SceneSpec; readonly words: Words }

/** What a keeper said last of the block to come: of the block itself, and of each oracle update before it. */
export interface Heard {
  readonly judged: (spec: SceneSpec, verdicts: readonly Verdict[]) => void
  /** By position, of the block itself. */
  readonly committed: () => Words
  /** Behind updates that are on their way. */
  readonly hinted: () => readonly Hinted[]
  readonly forget: () => void
}

export function createHeard(): Heard {
  let committed = new Map<string, Word>()
  const hinted = new Map<string, Hinted>()
  return {
    judged: (spec, verdicts) => {
      const before = spec.cause === '' ? committed : (hinted.get(spec.cause)?.words ?? new Map<string, Word>())
      const now = new Map<string, Word>()
      for (const verdict of verdicts)
        for (const position of positionsOf(verdict)) {
          const earlier = before.get(position)
          // Judged again on the same head, what is on its way is still what was said of it.
          // Of several things that may be done about one, what is done counts; else what was worked out.
          const said = now.get(position)?.verdict
          if (said?.do === 'act' || (said?.plan != null && verdict.plan === null)) continue
          const isOnItsWay = verdict.do === 'skip' && verdict.reason === 'in-flight' && earlier?.verdict.do === 'act'
          now.set(position, isOnItsWay ? earlier : { verdict, spec })
        }
      if (spec.cause === '' && spec.patches.length === 0) committed = now
      else if (spec.trigger === 'update-pending') hinted.set(spec.cause, { spec, words: now })
    },
    committed: () => committed,
    hinted: () => [...hinted.values()],
    forget: () => {
      committed = new Map()
      hinted.clear()
    },
  }
}

/** Each act once, however many positions it is about. */
export function plansIn(words: Words): readonly { readonly plan: Plan; readonly spec: SceneSpec }[] {
  const found = new Map<string, { readonly plan: Plan; readonly spec: SceneSpec }>()
  for (const { verdict, spec } of words.values())
    if (verdict.do === 'act') found.set(verdict.plan.id, { plan: verdict.plan, spec })
  return [...found.values()]
}

/** Plans that were worked out and left, each once. */
export function unprofitableIn(words: Words): readonly { readonly plan: Plan; readonly spec: SceneSpec }[] {
  const found = new Map<string, { readonly plan: Plan; readonly spec: SceneSpec }>()
  for (const { verdict, spec } of words.values())
    if (verdict.do === 'skip' && verdict.reason === 'unprofitable' && verdict.plan !== null)
      found.set(verdict.plan.id, { plan: verdict.plan, spec })
  return [...found.values()]
}

export const causesOf = ({ cause }: SceneSpec): readonly Hex[] => (cause === '' ? [] : (cause.split('+') as Hex[]))

/** What an update changes of the feeds. */
export const feedPatches = ({ patches }: SceneSpec): readonly OwnedPatch[] =>
  patches.filter(({ patch }) => patch.op === 'put-feed')
