import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import { type CometConfig, cometConfig, cometPresets } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { liquidations } from './liquidations.ts'
import { nextChange } from './next-change.ts'
import { outcome } from './outcome.ts'
import { probe } from './probe.ts'
import { type CometMarket, type CometRecord, cometIn, type Sale } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

/** Compound III: `docs/protocols/compound-v3.md`. */
export default defineStrategy<CometConfig, CometMarket, CometRecord, Sale>({
  name: 'compound-v3',
  layout: 1,
  config: cometConfig,
  presets: cometPresets,
  trusts,
  create: (config) => ({
    watches: (book) => watches(config, book),
    bootstrap: (view) => bootstrap(config, view),
    fold,
    refresh,
    feeds,
    assets: (book) => {
      const market = cometIn(book)
      return market === undefined ? [] : [market.data.base, ...market.data.assets.map(({ asset }) => asset)]
    },
    sides,
    exposure,
    indices,
    nextChange,
    judge,
    adjust,
    assess: (scene, market, candidates) => assess(config, scene, market, candidates),
    terms,
    encode,
    liquidations: () => liquidations(config),
    outcome,
    probe,
  }),
})
