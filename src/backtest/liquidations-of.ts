import type { LogFilter } from '#core/block.ts'
import type { Keeper } from '../engine/keeper.ts'

/** Logs that tell of a liquidation, in markets that are not followed too. */
export const liquidationsOf = (keeper: Keeper): readonly LogFilter[] => {
  const { modules, books } = keeper.mirror()
  return modules.strategies.flatMap(({ key, module }) => module.liquidations?.(books.shelf(key)) ?? [])
}
