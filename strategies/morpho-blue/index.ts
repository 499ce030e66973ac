import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import { type BlueConfig, blueConfig, bluePresets } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { leftOut } from './left-out.ts'
import { liquidations } from './liquidations.ts'
import { nextChange } from './next-change.ts'
import { outcome } from './outcome.ts'
import { probe } from './probe.ts'
import type { Blue, Loan, Way } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

/** Morpho Blue with its pre-liquidation contracts: `docs/protocols/morpho-blue.md`. */
export default defineStrategy<BlueConfig, Blue, Loan, Way>({
  name: 'morpho-blue',
  layout: 1,
  config: blueConfig,
  presets: bluePresets,
  trusts,
  create: (config) => ({
    watches: (book) => watches(config, book),
    bootstrap: (view) => bootstrap(config, view),
    fold: (book, log) => fold(config, book, log),
    refresh: (view, book, dirty) => refresh(view, config, book, dirty),
    feeds,
    assets: (book) => [
      ...new Set(
        [...book.markets()]
          .filter(({ data }) => data.interest !== 'other' && data.totalBorrowShares > 0n)
          .flatMap(({ data }) => [data.loan, data.collateral]),
      ),
    ],
    sides,
    leftOut: (view, book) => leftOut(view, config, book),
    exposure,
    indices,
    nextChange,
    judge,
    adjust,
    assess: (scene, market, candidates) => assess(config, scene, market, candidates),
    terms,
    encode: (book, step) => encode(config, book, step),
    liquidations: (book) => liquidations(config, book),
    outcome: (before, logs) => outcome(config, before, logs),
    probe: (view, book, position) => probe(config, view, book, position),
  }),
})
