import type { PositionId } from '#core/book.ts'
import type { Wei } from '#core/numbers.ts'
import { type Decision, decide } from '../engine/decide.ts'
import { positionsOf } from '../engine/verdict-record.ts'
import { arbitrage } from './arbitrage.ts'
import { carryOut } from './carry-out.ts'
import { createLaid, type Laid } from './laid.ts'
import { createModel, type Ground, type Model } from './model.ts'
import { factorAt, type Shock } from './shock.ts'
import { shockedFeeds } from './shocked-feeds.ts'

/** What would be in it: of each position, what its part of a plan leaves, in wei, or why nothing was taken. */
export type Taken = {
  readonly words: ReadonlyMap<string, { readonly net: Wei | null; readonly reason: string }>
  readonly net: Wei
  readonly plans: number
}

/**
 * Prices move so at once: oracles and pools follow, and these positions are acted on where it pays, one after another,
 * each on the pools that those before left. A plan's net is shared out evenly among whom it acts on.
 */
export function takeFallen(
  ground: Ground,
  shocks: readonly Shock[],
  these: readonly { readonly key: string; readonly id: PositionId }[],
): Taken {
  const model = createModel(ground)
  const laid = moved(model, shocks)
  const words = new Map<string, { net: Wei | null; reason: string }>()
  let [net, plans] = [0n, 0]
  for (const one of these) {
    if (words.has(one.id)) continue
    const found = decideOn(model, laid, one)
    for (const { positions, reason } of found.skips) for (const id of positions) words.set(id, { net: null, reason })
    for (const plan of found.plans) {
      if (!carryOut(model.mirror, plan, laid, model.spec)) continue
      const acted = positionsOf({ do: 'act', plan })
      for (const id of acted) words.set(id, { net: (plan.sum.net / BigInt(acted.length)) as Wei, reason: '' })
      net += plan.sum.net
      plans += 1
    }
  }
  return { words, net: net as Wei, plans }
}

function moved(model: Model, shocks: readonly Shock[]): Laid {
  const { mirror, anchors, feeds, block, settings } = model
  const price = (token: Parameters<Model['symbolOf']>[0]): number =>
    factorAt({ shocks, depegs: [] }, model.symbolOf(token), 1)
  const laid = createLaid()
  arbitrage(mirror, anchors, model.spec(laid), laid, price)
  laid.put('engine/feeds', shockedFeeds(feeds, mirror.feeds().at(block), price, settings.wrapped))
  return laid
}

function decideOn(
  { mirror, settings, spec }: Model,
  laid: Laid,
  { key: own, id }: { readonly key: string; readonly id: PositionId },
): Decision {
  const position = mirror.bookOf(own, spec(laid)).position(id)
  return decide(
    mirror,
    spec(laid),
    settings,
    () => undefined,
    () => null,
    { isTraded: () => false, isApart: () => false },
    (key) => new Map(key === own && position !== undefined ? [[position.market, [position]]] : []),
  )
}
