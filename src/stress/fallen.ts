import type { Asset } from '#core/address.ts'
import type { Position } from '#core/book.ts'
import type { SceneSpec } from '#core/scene.ts'
import { type NearLine, nearLine } from '../engine/near-line.ts'
import { plainToken, pricingFeeds, worthByFeeds } from '../engine/worth.ts'
import type { Ground } from './model.ts'
import { checkNames, factorAt, type Shock } from './shock.ts'
import { shockedFeeds } from './shocked-feeds.ts'

/** Somebody whom a move brings below the line. Dollars are for eyes: debt as stored, at the prices moved to. */
export type Fallen = { readonly position: Position; readonly one: NearLine; readonly debtUsd: number | null }
/** `below`: of all, by floats; `fallen`: those of the nearest whom the protocols' own integers find below it. */
export type FallenAll = { readonly fallen: readonly Fallen[]; readonly below: number }

/**
 * Who falls if oracles tell of such moves at once, the heaviest debt first. In slices, for beside the path; the book must
 * stand still between two. @throws `bad-argument` where a shock names nothing that is priced.
 */
export function* fallenBy(
  { mirror, block, settings: { wrapped }, tokens }: Ground,
  shocks: readonly Shock[],
  judgedMost: number,
): Generator<void, FallenAll> {
  const feeds = pricingFeeds(mirror)
  const symbolOf = (token: Asset): string => tokens.get(plainToken(token, wrapped))?.symbol ?? String(token)
  const symbols = feeds.flatMap(({ prices }) => (prices === undefined ? [] : [symbolOf(prices.token)]))
  checkNames({ shocks, depegs: [], steps: 1, recovery: 0, deviation: 0 }, symbols)
  const patches = shockedFeeds(
    feeds,
    mirror.feeds().at(block),
    (token) => factorAt({ shocks, depegs: [] }, symbolOf(token), 1),
    wrapped,
  )
  yield
  const owned = patches.map((patch) => ({ owner: 'engine/feeds', patch }))
  const spec: SceneSpec = { trigger: 'shock', block, cause: 'what-if', patches: owned, before: [] }
  const { near, below } = yield* nearLine(mirror, spec, judgedMost)
  const dollars = worthByFeeds(feeds, mirror.sceneOf(mirror.modules.strategies[0]?.key ?? '', spec).feed, wrapped)
  const fallen: Fallen[] = []
  for (const one of near) {
    if (!one.isBelow) continue
    yield
    const module = mirror.modules.strategies.find(({ key }) => key === one.key)?.module
    const owes = module?.sides?.(mirror.books.shelf(one.key), one.position)?.owes
    const debtUsd = owes?.reduce((sum, { asset, amount }) => sum + Number(amount) * (dollars(asset) ?? 0), 0) ?? null
    fallen.push({ position: one.position, one, debtUsd })
  }
  fallen.sort((a, b) => (b.debtUsd ?? 0) - (a.debtUsd ?? 0))
  return { fallen, below: Math.max(below, fallen.length) }
}
