import { describe, expect, it } from 'vitest'
import { marketId, positionId } from '#core/book.ts'
import { feedId } from '#core/feed.ts'
import type { Trigger } from '#core/scene.ts'
import { type Changes, noChanges } from '../../src/engine/changes.ts'
import { type Standing, triggerOf } from '../../src/engine/trigger-of.ts'

const own: Standing = {
  positions: [positionId('a')],
  feeds: [feedId('eth'), feedId('usd')],
  markets: [marketId('pool'), marketId('pool/eth')],
  pools: [marketId('exit')],
  wasBelow: false,
  foretold: null,
  timed: null,
}
const changed = (what: Partial<Changes>): Changes => ({ ...noChanges(), ...what })
const landed = { landed: new Set([feedId('eth')]) }
const derived = { derived: new Set([feedId('usd')]) }
const parameters = { parameters: new Set([marketId('pool')]) }
const touched = { positions: new Set([positionId('a')]) }
const pools = { pools: new Set([marketId('exit')]) }
const others = changed({
  landed: new Set([feedId('btc')]),
  derived: new Set([feedId('steth')]),
  parameters: new Set([marketId('another')]),
  positions: new Set([positionId('b')]),
  pools: new Set([marketId('elsewhere')]),
})

type Row = readonly [what: string, changes: Changes | null, plan: Partial<Standing>, is: Trigger]
const rows: readonly Row[] = [
  ['at a start, nobody knows since when', null, {}, 'stale'],
  ['crossed, and nothing changed', noChanges(), {}, 'interest'],
  ['crossed, and only what is not its own changed', others, {}, 'interest'],
  ['crossed, and a pool moved: no pool moves a health', changed(pools), {}, 'interest'],
  ['crossed by a landed update', changed(landed), {}, 'update-landed'],
  ['crossed by a rate that no log tells', changed(derived), {}, 'derived-rate'],
  ['crossed by both: the update is what others see too', changed({ ...landed, ...derived }), {}, 'update-landed'],
  ['crossed by a value that time let appear', noChanges(), { timed: 'cut-off' }, 'cut-off'],
  ['crossed by an update of a rate that time moves too', changed(landed), { timed: 'derived-rate' }, 'update-landed'],
  ['crossed by a parameter', changed(parameters), {}, 'parameter'],
  ['crossed, and its own log came', changed(touched), {}, 'head'],
  ['foretold, and nothing changed', noChanges(), { foretold: 'cut-off' }, 'cut-off'],
  ['foretold: it would have crossed without the update', changed(landed), { foretold: 'interest' }, 'interest'],
  ['was below, nothing changed but gas and time', noChanges(), { wasBelow: true }, 'stale'],
  ['was below, what changed is not its own', others, { wasBelow: true }, 'stale'],
  ['was below, foretold long ago', noChanges(), { wasBelow: true, foretold: 'interest' }, 'stale'],
  ['was below, its own log came', changed(touched), { wasBelow: true }, 'stale'],
  ['was below, its exit moved', changed(pools), { wasBelow: true }, 'pool'],
  ['was below, its exit moved with the price', changed({ ...pools, ...landed }), { wasBelow: true }, 'pool'],
  ['was below, and falls further', changed(landed), { wasBelow: true }, 'update-landed'],
  ['was below, and its rate fell further', changed(derived), { wasBelow: true }, 'derived-rate'],
  ['was below, and a gate opened', changed(parameters), { wasBelow: true }, 'parameter'],
]

describe('what made a plan possible', () => {
  it.each(rows)('%s', (_, changes, plan, is) => {
    expect(triggerOf(changes, { ...own, ...plan })).toBe(is)
  })
})
