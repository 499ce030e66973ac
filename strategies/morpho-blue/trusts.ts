import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { BlueConfig } from './config.ts'
import { liquidateSelector, preLiquidateSelector } from './encode.ts'
import { findPreLiquidations } from './find-pre-liquidations.ts'

/** Morpho, and each pre-liquidation contract there is now: both pay their caller, call it back, and take what it approved. */
export async function trusts(view: View, config: BlueConfig): Promise<readonly Trust[]> {
  const contracts = [...(await findPreLiquidations(view, config)).values()].flat()
  return [
    { to: config.morpho, selector: liquidateSelector },
    ...contracts.map(({ contract }) => ({ to: contract, selector: preLiquidateSelector })),
  ].map((target): Trust => ({ kind: 'target', ...target, recipientArgument: null, watched: null }))
}
