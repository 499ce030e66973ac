import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import type { AaveConfig } from './config.ts'
import { aaveConfig, aavePresets } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { liquidations } from './liquidations.ts'
import { nextChange } from './next-change.ts'
import { outcome } from './outcome.ts'
import { probe } from './probe.ts'
import { type AaveMarket, type Account, isReserve, type Pair } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

/** Aave V2 and its forks: `docs/protocols/aave-v2.md`. */
export default defineStrategy<AaveConfig, AaveMarket, Account, Pair>({
  name: 'aave-v2',
  layout: 1,
  config: aaveConfig,
  presets: aavePresets,
  trusts,
  create: (config) => ({
    watches,
    bootstrap: (view) => bootstrap(config, view),
    fold,
    refresh,
    feeds,
    assets: (book) => [...new Set([...book.markets()].filter(isReserve).map(({ data }) => data.asset))],
    exposure,
    indices: (_book, block, market) => indices(block, market),
    nextChange,
    judge,
    adjust,
    assess: (scene, market, candidates) => assess(config, scene, market, candidates),
    terms: (scene, opportunity, input) => terms(config, scene, opportunity, input),
    encode,
    liquidations,
    outcome,
    probe,
    sides,
  }),
})
