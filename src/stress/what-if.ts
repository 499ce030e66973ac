import type { MarketId, Position } from '#core/book.ts'
import type { Wei } from '#core/numbers.ts'
import type { SceneSpec } from '#core/scene.ts'
import { type Decision, decide } from '../engine/decide.ts'
import { type NearLine, nearLine } from '../engine/near-line.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { plainToken, type Worth } from '../engine/worth.ts'
import { arbitrage } from './arbitrage.ts'
import { carryOut } from './carry-out.ts'
import { createLaid, type Laid } from './laid.ts'
import { createModel, type Ground, type Model } from './model.ts'
import { checkNames, type Factors, factorAt, type Shock } from './shock.ts'
import { shockedFeeds } from './shocked-feeds.ts'

/** Somebody whom the move brings below the line. Dollars are for eyes: debt as stored. */
export type Fallen = {
  readonly position: string
  readonly owner: string | null
  readonly protocol: string
  readonly health: bigint | null
  readonly debtUsd: number
  /** Wei that its part of a plan leaves after gas and tip; `null` where nothing was taken of it, or not looked at. */
  readonly net: Wei | null
  /** Why it was left; empty where it was taken, `not worked out` where there was no room for it. */
  readonly reason: string
}
export type WhatIf = {
  readonly block: number
  readonly shocks: readonly Shock[]
  /** By floats, of all; `fallen` are those of them that the protocols' own integers were asked about. */
  readonly below: number
  readonly fallen: readonly Fallen[]
  readonly debtUsd: number
  readonly net: Wei
  readonly plans: number
}

/** How many of the nearest are judged, and of those how many are worked out, so many at a time. */
const judgedMost = 1_000
const workedMost = 48
const atOnce = 2
const poolsAtOnce = 4

/**
 * If prices moved so at once: oracles and pools follow, keepers take what pays, the heaviest debt first, each on the pools
 * that those before left. In slices, for beside the path: the longest is one decision. @throws `bad-argument` where a
 * shock names nothing that is priced.
 */
export function* whatIf(ground: Ground, shocks: readonly Shock[]): Generator<void, WhatIf> {
  const model = createModel(ground)
  checkNames({ shocks, depegs: [], steps: 1, recovery: 0, deviation: 0 }, symbolsOf(model))
  yield
  const laid = yield* moved(model, shocks)
  const { near, below } = yield* nearLine(model.mirror, model.spec(laid), judgedMost)
  const dollars = model.worth(model.spec(laid))
  const sunk: { readonly one: NearLine; readonly debtUsd: number }[] = []
  for (const one of near) {
    if (!one.isBelow) continue
    sunk.push({ one, debtUsd: debtOf(model, one, dollars) })
    yield
  }
  sunk.sort((a, b) => b.debtUsd - a.debtUsd)
  const taken = yield* take(
    model,
    laid,
    sunk.slice(0, workedMost).map(({ one }) => one),
  )
  return {
    block: ground.block.number,
    shocks,
    below: Math.max(below, sunk.length),
    fallen: sunk.map(({ one: { position, protocol, health }, debtUsd }) => ({
      ...{ position: position.id, owner: position.owner, protocol, health, debtUsd },
      ...(taken.words.get(position.id) ?? { net: null, reason: 'not worked out' }),
    })),
    debtUsd: sunk.reduce((sum, { debtUsd }) => sum + debtUsd, 0),
    net: taken.net,
    plans: taken.plans,
  }
}

export const symbolsOf = (model: Model): readonly string[] => [
  ...new Set(model.feeds.flatMap(({ prices }) => (prices === undefined ? [] : [model.symbolOf(prices.token)]))),
]

function* moved(model: Model, shocks: readonly Shock[]): Generator<void, Laid> {
  const { mirror, anchors, feeds, block, settings } = model
  const price: Factors = (token) => factorAt({ shocks, depegs: [] }, model.symbolOf(token), 1)
  const laid = createLaid()
  for (let at = 0; at < anchors.length; at += poolsAtOnce) {
    arbitrage(mirror, anchors.slice(at, at + poolsAtOnce), model.spec(laid), laid, price)
    yield
  }
  laid.put('engine/feeds', shockedFeeds(feeds, mirror.feeds().at(block), price, settings.wrapped))
  return laid
}

function debtOf({ mirror, settings }: Model, one: NearLine, dollars: Worth): number {
  const module = mirror.modules.strategies.find(({ key }) => key === one.key)?.module
  const owes = module?.sides?.(mirror.books.shelf(one.key), one.position)?.owes ?? []
  return owes.reduce(
    (sum, { asset, amount }) => sum + Number(amount) * (dollars(plainToken(asset, settings.wrapped)) ?? 0),
    0,
  )
}

type Taken = {
  readonly words: ReadonlyMap<string, { readonly net: Wei | null; readonly reason: string }>
  readonly net: Wei
  readonly plans: number
}

/** Each few on what those before left; a plan's net is shared out evenly among whom it acts on. */
function* take(model: Model, laid: Laid, sunk: readonly NearLine[]): Generator<void, Taken> {
  const words = new Map<string, { net: Wei | null; reason: string }>()
  let net = 0n
  let plans = 0
  for (let at = 0; at < sunk.length; at += atOnce) {
    const these = sunk.slice(at, at + atOnce)
    const found = decideOn(model, model.spec(laid), these)
    for (const skip of found.skips) for (const id of skip.positions) words.set(id, { net: null, reason: skip.reason })
    for (const plan of found.plans) {
      if (!carryOut(model.mirror, plan, laid, model.spec)) continue
      const acted = positionsOf({ do: 'act', plan })
      for (const id of acted) words.set(id, { net: (plan.sum.net / BigInt(acted.length)) as Wei, reason: '' })
      net += plan.sum.net
      plans += 1
    }
    yield
  }
  return { words, net: net as Wei, plans }
}

function decideOn({ mirror, settings }: Model, spec: SceneSpec, these: readonly NearLine[]): Decision {
  const nothing = { isTraded: () => false, isApart: () => false }
  const picked = (key: string): ReadonlyMap<MarketId, readonly Position[]> =>
    Map.groupBy(
      these.flatMap((one) => (one.key === key ? [one.position] : [])),
      ({ market }) => market,
    )
  return decide(
    mirror,
    spec,
    settings,
    () => undefined,
    () => null,
    nothing,
    picked,
  )
}
