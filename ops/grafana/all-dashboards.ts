import { calendar } from './calendar.ts'
import { chainHealth } from './chain-health.ts'
import { type DashboardSpec, dashboardOf } from './dashboard.ts'
import { funnel } from './funnel.ts'
import { guards } from './guards.ts'
import { latency } from './latency.ts'
import { misses } from './misses.ts'
import { overview } from './overview.ts'
import { perProtocol } from './per-protocol.ts'
import { profit } from './profit.ts'

const specs: readonly DashboardSpec[] = [
  ...[overview, funnel, profit, latency, chainHealth],
  ...[perProtocol, misses, guards, calendar],
]

/** By file name: the JSON that Grafana loads. */
export const allDashboards = (): Readonly<Record<string, string>> =>
  Object.fromEntries(specs.map((spec) => [`${spec.name}.json`, `${JSON.stringify(dashboardOf(spec), null, 2)}\n`]))
