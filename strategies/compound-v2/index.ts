import type { Address } from '#core/address.ts'
import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import { type CompoundConfig, compoundConfig } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { liquidations } from './liquidations.ts'
import { nextChange } from './next-change.ts'
import { outcome } from './outcome.ts'
import { compoundPresets } from './presets.ts'
import { probe } from './probe.ts'
import { type Account, type Case, type CompoundMarket, type CToken, isCToken } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

const assetsOf = ({ underlying, cToken }: CToken): readonly Address[] =>
  underlying === 'native' ? [cToken] : [underlying, cToken]

/** Compound v2 and its forks, Venus core and isolated pools: `docs/protocols/compound-v2.md`. */
export default defineStrategy<CompoundConfig, CompoundMarket, Account, Case>({
  name: 'compound-v2',
  layout: 1,
  config: compoundConfig,
  presets: compoundPresets,
  trusts,
  create: (config) => ({
    watches,
    bootstrap: (view) => bootstrap(config, view),
    fold,
    refresh,
    feeds,
    assets: (book) => [...new Set([...book.markets()].filter(isCToken).flatMap(({ data }) => assetsOf(data)))],
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
