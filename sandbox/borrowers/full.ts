import type { AaveVersion } from '../deploy/aave.ts'
import type { TokenSymbol } from '../market-data.ts'
import { seeded } from '../seeded.ts'
import type { PositionPlan } from './position.ts'

type Parts = PositionPlan['collateral']
type Random = () => number

/**
 * About sixty positions that the crash script takes through every case a keeper must know, on both versions; the seed
 * moves sizes and fills up with ordinary ones. Health factors say in which step each goes under.
 */
export function fullPositions(seed: number): readonly PositionPlan[] {
  const random = seeded(seed)
  const both: readonly AaveVersion[] = ['3.0', '3.6']
  const each = both.flatMap((version) => [
    ...plain(version, random),
    ...correlated(version),
    ...capped(version),
    ...hopeless(version),
  ])
  return [...each, ...small(), ...large(), ...ordinary(random, 14), emptiesLink]
}

function plan(
  label: string,
  version: AaveVersion,
  collateral: Parts,
  debt: Parts,
  health: number,
  emode: PositionPlan['emode'] = 0,
): PositionPlan {
  return { label, version, collateral, debt, health, emode }
}

/** One or several assets on each side; one or two hops; two of them leave through the same thin pools. */
function plain(version: AaveVersion, random: Random): readonly PositionPlan[] {
  const about = (dollars: number): number => Math.round(dollars * (0.9 + random() * 0.2))
  const thin = version === '3.6' ? [14_000, 11_000] : [6_000]
  return [
    plan('ether to dollars', version, [['WETH', about(18_000)]], [['USDC', 1]], 1.05),
    plan('ether to dollars', version, [['WETH', about(95_000)]], [['USDC', 1]], 1.1),
    plan('ether to dollars', version, [['WETH', about(30_000)]], [['DAI', 1]], 1.06),
    plan('ether to dollars', version, [['WETH', about(24_000)]], [['USDT', 1]], 1.11),
    plan('two hops', version, [['WBTC', about(60_000)]], [['DAI', 1]], 1.08),
    plan('two hops', version, [['WBTC', about(45_000)]], [['USDC', 1]], 1.16),
    ...thin.map((dollars) => plan('thin exit', version, [['LINK', about(dollars)]], [['USDC', 1]], 1.12)),
    plan('against bitcoin', version, [['WETH', about(40_000)]], [['WBTC', 1]], 1.035),
    plan(
      'several',
      version,
      [
        ['WETH', about(28_000)],
        ['WBTC', about(20_000)],
      ],
      [
        ['USDC', 0.5],
        ['USDT', 0.3],
        ['DAI', 0.2],
      ],
      1.09,
    ),
  ]
}

/** Efficiency mode: near the line from the start, and under when a peg breaks; the last two end in bad debt. */
function correlated(version: AaveVersion): readonly PositionPlan[] {
  return [
    plan('e-mode dollars', version, [['DAI', version === '3.0' ? 45_000 : 70_000]], [['USDC', 1]], 1.04, 1),
    plan('e-mode ether', version, [['WSTETH', version === '3.0' ? 50_000 : 80_000]], [['WETH', 1]], 1.04, 2),
    plan('e-mode bad debt', version, [['DAI', 26_000]], [['USDC', 1]], 1.023, 1),
  ]
}

/** Draws nearly all LINK that is lent on 3.0 (about $3,004,000): collateral in it cannot be paid out whole. */
const emptiesLink: PositionPlan = {
  ...plan('empties a reserve', '3.0', [['USDC', 8_000_000]], [['LINK', 1]], (8_000_000 * 0.78) / 3_004_000),
  late: true,
}

/** Neither collateral covers the debt alone; then the same asset on both sides beside one that cannot be sold; then a gap. */
function capped(version: AaveVersion): readonly PositionPlan[] {
  const halves: Parts = [
    ['WETH', 30_000],
    ['WBTC', 30_000],
  ]
  const beside = (symbol: TokenSymbol, dollars: number): Parts => [
    [symbol, dollars],
    ['ORPHAN', dollars],
  ]
  return [
    plan('collateral capped', version, halves, [['USDC', 1]], 1.19),
    plan('same asset', version, beside('USDC', 16_000), [['USDC', 1]], 1.05),
    plan('same asset', version, beside('WETH', 12_000), [['WETH', 1]], 1.04),
    ...(version === '3.6' ? [plan('gap', version, [['LINK', 9_000]], [['USDC', 1]], 1.3)] : []),
  ]
}

/** What no keeper should touch: nobody buys the collateral, or the bonus does not pay for the gas. */
function hopeless(version: AaveVersion): readonly PositionPlan[] {
  return [
    plan('no route', version, [['ORPHAN', 8_000]], [['USDC', 1]], 1.1),
    plan('tiny', version, [['WETH', 2.5]], [['USDC', 1]], 1.06),
    plan('tiny', version, [['WBTC', 4]], [['DAI', 1]], 1.08),
  ]
}

/** Around the $1,000 and $2,000 rules of Aave 3.6: some may be taken whole though barely under, some not. */
function small(): readonly PositionPlan[] {
  const byDebt = (dollars: number, health: number): Parts => [['WETH', (dollars * health) / 0.83]]
  return [
    ...[1_050, 1_500, 1_950, 2_250, 2_900, 4_300].map((dollars, index) =>
      plan('small', '3.6', byDebt(dollars, 1.055), [[index % 2 === 0 ? 'USDC' : 'USDT', 1]], 1.055),
    ),
    plan('small', '3.0', byDebt(1_500, 1.06), [['USDC', 1]], 1.06),
    plan('small', '3.0', byDebt(700, 1.12), [['DAI', 1]], 1.12),
  ]
}

/** Larger than the pools can take at a profit. */
function large(): readonly PositionPlan[] {
  return [
    plan('whale', '3.6', [['WBTC', 8_000_000]], [['USDC', 1]], 1.08),
    plan('whale', '3.0', [['WETH', 9_000_000]], [['USDC', 1]], 1.06),
    plan('whale', '3.6', [['LINK', 600_000]], [['USDC', 1]], 1.15),
  ]
}

function ordinary(random: Random, count: number): readonly PositionPlan[] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  return Array.from({ length: count }, (_, index) => {
    const collateral = pick(['WETH', 'WETH', 'WBTC', 'WSTETH'] as const)
    const dollars = Math.round(3_000 * 40 ** random())
    const health = 1.04 + random() * 0.5
    const debt = pick(['USDC', 'USDT', 'DAI'] as const)
    return plan('ordinary', index % 2 === 0 ? '3.0' : '3.6', [[collateral, dollars]], [[debt, 1]], health)
  })
}
