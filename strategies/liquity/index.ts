import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import { type LiquityConfig, liquityConfig, liquityPresets } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { liquidations } from './liquidations.ts'
import { outcome } from './outcome.ts'
import { probe } from './probe.ts'
import type { Batch, System, Trove } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

/** Liquity v1 and its forks: `docs/protocols/liquity.md`. */
export default defineStrategy<LiquityConfig, System, Trove, Batch>({
  name: 'liquity',
  layout: 1,
  config: liquityConfig,
  presets: liquityPresets,
  trusts,
  create: (config) => ({
    watches,
    bootstrap: (view) => bootstrap(config, view),
    fold,
    refresh: (view, _book, dirty) => refresh(config, view, dirty),
    feeds,
    assets: (book) => [...new Set([...book.markets()].map(({ data }) => data.debtToken))],
    sides,
    exposure,
    indices,
    // Debt bears no interest here: time alone changes nothing.
    nextChange: () => null,
    judge,
    adjust,
    assess,
    terms,
    encode,
    liquidations,
    outcome,
    probe,
  }),
})
