import type { Rec } from '#core/plain.ts'
import { idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import type { Sandbox } from '../sandbox.ts'
import { marketOf } from './morpho-lending.ts'
import { morphoMarkets } from './morpho-markets.ts'

/** What an operator writes under Morpho who follows all its markets but one. */
export function trackedOnly(sandbox: Sandbox, left: number): Rec {
  const config = sandbox.protocols.find(({ strategy }) => strategy === 'morpho-blue')?.config
  const markets = morphoMarkets.flatMap((_, at) => (at === left ? [] : [idOf(marketOf(sandbox, at))]))
  return { ...config, markets }
}
