import { defineStrategy } from '#core/strategy.ts'
import { adjust } from './adjust.ts'
import { assess } from './assess.ts'
import { bootstrap } from './bootstrap.ts'
import { type MakerConfig, makerConfig, makerPresets } from './config.ts'
import { encode } from './encode.ts'
import { exposure, indices } from './exposure.ts'
import { feeds } from './feeds.ts'
import { fold } from './fold.ts'
import { judge } from './judge.ts'
import { liquidations } from './liquidations.ts'
import { nextChange } from './next-change.ts'
import { outcome } from './outcome.ts'
import { probe } from './probe.ts'
import { type Case, ilksOf, type MakerMarket, type MakerPosition, systemOf } from './records.ts'
import { refresh } from './refresh.ts'
import { sides } from './sides.ts'
import { terms } from './terms.ts'
import { trusts } from './trusts.ts'
import { watches } from './watches.ts'

/** Maker's Dog and Clipper, which Sky runs on: `docs/protocols/maker-clip.md`. */
export default defineStrategy<MakerConfig, MakerMarket, MakerPosition, Case>({
  name: 'maker-clip',
  layout: 1,
  config: makerConfig,
  presets: makerPresets,
  trusts,
  create: (config) => ({
    watches,
    bootstrap: (view) => bootstrap(config, view),
    fold,
    refresh: (view, book, dirty) => refresh(config, view, book, dirty),
    feeds,
    assets: (book) => {
      const dai = systemOf(book)?.data.dai
      return [...new Set([...(dai === undefined ? [] : [dai]), ...ilksOf(book).map(({ data }) => data.gem)])]
    },
    sides,
    exposure,
    indices,
    nextChange,
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
