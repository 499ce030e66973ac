import { UINT256_MAX, WAD } from '#core/numbers.ts'
import type { Figures } from '#core/strategy.ts'
import { type AaveScene, type AccountData, accountData } from './account-data.ts'
import { type AavePosition, isPool } from './records.ts'

/** The names `probe` uses too; wei, bps and wad, as `getUserAccountData` answers. */
export const figures = (of: {
  readonly collateral: bigint
  readonly debt: bigint
  readonly thresholdBps: bigint
  readonly healthFactor: bigint
}): Figures => ({ liquidatable: of.healthFactor < WAD, ...of })

/** Where the pool's own view reverts (no price), or an asset's rules are not the package's. */
export const unjudged: Figures = { liquidatable: false, reverts: true }

export function judge(scene: AaveScene, position: AavePosition): Figures {
  const pool = scene.book.market(position.market)
  if (!isPool(pool)) return unjudged
  const data = accountData(scene, pool.data, position.data)
  return 'missing' in data ? unjudged : figuresOf(data)
}

export const figuresOf = ({ collateral, debt, thresholdBps, healthFactor }: AccountData): Figures =>
  figures({ collateral, debt, thresholdBps, healthFactor: healthFactor ?? UINT256_MAX })
