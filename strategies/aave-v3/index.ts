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

/** Aave V3 from 3.0 on, and its forks: `docs/protocols/aave-v3.md`. */
export default defineStrategy<AaveConfig, AaveMarket, Account, Pair>({
  name: 'aave-v3',
  layout: 2,
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
    sides,
    exposure,
    indices,
    nextChange,
    judge,
    adjust,
    assess: (scene, market, candidates) => assess(config, scene, market, candidates),
    terms,
    encode,
    liquidations,
    outcome,
    probe,
  }),
})
