import type { Asset } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Position, PositionId } from '#core/book.ts'
import type { Feed } from '#core/feed.ts'
import { toText } from '#core/plain.ts'
import type { Scene, SceneSpec } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { DecideSettings } from '../engine/decide.ts'
import { type Holdings, holdingsOf } from '../engine/holdings-of.ts'
import type { Mirror } from '../engine/mirror.ts'
import type { Module } from '../engine/modules.ts'
import { plainToken, pricingFeeds, type Worth, worthIn } from '../engine/worth.ts'
import { type Anchor, anchorsOf } from './arbitrage.ts'
import type { Rank } from './impact.ts'
import type { Laid } from './laid.ts'

/** What a stress test is made over: a book, the next block, and what tokens are called. */
export type Ground = {
  readonly mirror: Mirror
  readonly block: Block
  readonly settings: DecideSettings
  readonly tokens: ReadonlyMap<Asset, { readonly symbol: string | null; readonly decimals: number | null }>
}

/** Somebody below the line. `debt` and `collateral` in dollars, as `dollars` has them in that scene. */
export type Sunk = {
  readonly key: string
  readonly protocol: string
  readonly position: Position
  readonly scene: Scene
  readonly debt: number
  readonly collateral: number
  readonly dollars: Worth
}

/** The ground with what is worked out once. */
export interface Model extends Ground {
  readonly feeds: readonly Feed[]
  readonly anchors: readonly Anchor[]
  readonly rank: Rank
  readonly symbolOf: (token: Asset) => string
  readonly spec: (laid: Laid) => SceneSpec
  readonly worth: (spec: SceneSpec) => Worth
  /** Everybody below the line in a scene, by their protocols' own judgement. */
  readonly sunk: (spec: SceneSpec) => readonly Sunk[]
  readonly holdings: (module: Strategy, scene: Scene, position: Position) => Holdings
}

/** At the start a dollar token is worth a dollar, but for so much. */
const dollarBand = 0.03

export function createModel(ground: Ground): Model {
  const { mirror, block, settings, tokens } = ground
  const { wrapped } = settings
  const feeds = pricingFeeds(mirror)
  const spec: Model['spec'] = (laid) => {
    const patches = laid.patches()
    return { trigger: 'shock', block, cause: 'stress', patches, before: [] }
  }
  const plain: SceneSpec = { trigger: 'shock', block, cause: 'stress', patches: [], before: [] }
  const worth = (of: SceneSpec): Worth => worthIn(mirror, of, wrapped, feeds)
  const atFirst = worth(plain)
  const rank: Rank = (token) => {
    const dollars = (atFirst(token) ?? 0) * 10 ** (tokens.get(token)?.decimals ?? 18)
    return Math.abs(dollars - 1) < dollarBand ? 2 : token === wrapped ? 1 : 0
  }
  const known = new Map<string, Holdings>()
  const holdings: Model['holdings'] = (module, scene, position) => {
    const name = `${position.id} ${toText(position.data)}`
    const found = known.get(name) ?? holdingsOf(module, scene, position)
    known.set(name, found)
    return found
  }
  return {
    ...ground,
    ...{ feeds, rank, spec, worth, holdings, anchors: anchorsOf(mirror, plain) },
    symbolOf: (token) => tokens.get(plainToken(token, wrapped))?.symbol ?? String(token),
    sunk: (of) => {
      const dollars = worth(of)
      return mirror.modules.strategies.flatMap((one) => sunkIn(mirror, one, of, holdings, dollars))
    },
  }
}

function sunkIn(
  mirror: Mirror,
  { key, name, module }: Module<Strategy>,
  of: SceneSpec,
  holdings: Model['holdings'],
  dollars: Worth,
): readonly Sunk[] {
  const scene = mirror.sceneOf(key, of)
  const seen = new Map<PositionId, Position>()
  for (const picked of mirror.candidates(key, scene).values()) for (const one of picked) seen.set(one.id, one)
  return [...seen.values()].flatMap((position) => {
    if (!module.judge(scene, position).liquidatable) return []
    const { collateral, debt } = holdings(module, scene, position)
    const sum = (of: Holdings['debt']): number =>
      of.reduce((all, { asset, units }) => all + Number(units) * (dollars(asset) ?? 0), 0)
    return [{ key, protocol: name, position, scene, debt: sum(debt), collateral: sum(collateral), dollars }]
  })
}
