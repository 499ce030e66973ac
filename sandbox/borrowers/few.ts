import type { PositionPlan } from './position.ts'

/** Eight that show the kinds, four on each version. */
export const fewPositions: readonly PositionPlan[] = [
  plan('plain', '3.0', [['WETH', 20_000]], [['USDC', 1]], 1.05),
  plan(
    'several',
    '3.0',
    [
      ['WETH', 30_000],
      ['LINK', 10_000],
    ],
    [
      ['USDC', 0.6],
      ['DAI', 0.4],
    ],
    1.08,
  ),
  plan('two decimals', '3.0', [['WBTC', 50_000]], [['DAI', 1]], 1.08),
  plan('e-mode', '3.0', [['USDC', 40_000]], [['DAI', 1]], 1.04, 1),
  plan('plain', '3.6', [['WETH', 20_000]], [['USDC', 1]], 1.05),
  plan('small', '3.6', [['WETH', 3_500]], [['USDT', 1]], 1.06),
  plan('same asset', '3.6', [['WETH', 12_000]], [['WETH', 1]], 1.05),
  plan('e-mode', '3.6', [['WSTETH', 60_000]], [['WETH', 1]], 1.04, 2),
]

function plan(
  label: string,
  version: PositionPlan['version'],
  collateral: PositionPlan['collateral'],
  debt: PositionPlan['debt'],
  health: number,
  emode: PositionPlan['emode'] = 0,
): PositionPlan {
  return { label, version, collateral, debt, health, emode }
}
