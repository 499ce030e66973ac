import type { Wei } from '#core/numbers.ts'
import { type AlertName, knownAlerts } from './known-alerts.ts'
import type { Condition } from './raised.ts'

export type CheckState = {
  readonly name: string
  readonly state: string
  readonly found: string
  readonly todo: string
}

/** The last word of everything that is a state, and counts of what is not, as of one moment. */
export type Known = {
  readonly nowMs: number
  readonly startedMs: number
  readonly blockSeconds: number
  readonly isSynced: boolean
  /** Why nothing is seen; empty where it sees. */
  readonly blind: readonly string[]
  readonly lagSeconds: number
  readonly baseFee: bigint
  readonly headMs: number | null
  readonly pendingMs: number | null
  /** Of the node, within five minutes. */
  readonly faults: number
  /** Of what was sent, within a quarter of an hour. */
  readonly taken: number
  readonly refused: number
  /** Why it cannot know who leads; `null`: the database answers, or there is none. */
  readonly leaseLack: string | null
  readonly guards: ReadonlyMap<string, string>
  readonly used: readonly { readonly guard: string; readonly part: number }[]
  readonly lanes: ReadonlyMap<string, Wei>
  /** Attempts without a fate, since when. */
  readonly open: ReadonlyMap<string, number>
  readonly checks: readonly CheckState[]
}

const minuteMs = 60_000

/** `about`: of what, where there may be several. */
export const condition = (name: AlertName, about: string, summary: string, detail: string): Condition => ({
  ...{ name, summary, detail: `${detail} (docs/runbook.md#${name.toLowerCase()})` },
  key: about === '' ? name : `${name}/${about}`,
  severity: knownAlerts[name].severity,
  forMs: knownAlerts[name].forMs,
})

/** All that holds, each by the same threshold as its rule for Prometheus. */
export const conditionsOf = (known: Known): readonly Condition[] =>
  [...sight(known), ...sending(known), ...executor(known)].filter((one) => one !== false)

const sight = (known: Known): readonly (Condition | false)[] => {
  const { nowMs, startedMs, isSynced, blind, lagSeconds, blockSeconds, headMs, pendingMs, faults } = known
  const isSilent = pendingMs !== null && nowMs - pendingMs > 5 * minuteMs
  return [
    isSynced && blind.length > 0 && condition('PlimsollBlind', '', 'the keeper sees nothing', blind.join('; ')),
    !isSynced &&
      nowMs - startedMs > 30 * minuteMs &&
      condition('PlimsollUnsynced', '', 'the keeper is still reading the chain', 'its book is not whole'),
    lagSeconds > blockSeconds &&
      condition('PlimsollLagging', '', 'heads come a block late', `${Math.round(lagSeconds)} seconds after their time`),
    isSilent &&
      headMs !== null &&
      nowMs - headMs < minuteMs &&
      condition('PlimsollPendingSilent', '', 'nothing is heard of the mempool', 'heads come, transactions do not'),
    faults > 60 && condition('PlimsollNodeFailing', '', 'the node fails often', `${faults} requests within 5 minutes`),
  ]
}

const sending = ({ nowMs, blockSeconds, baseFee, taken, refused, leaseLack, guards, used, lanes, open }: Known) => [
  leaseLack !== null &&
    condition('PlimsollLeaseFailing', '', 'the lease cannot be renewed, nothing is sent', leaseLack),
  ...[...guards].map(([name, detail]) =>
    condition('PlimsollGuardOpen', name, `guard ${name} holds sending back`, `${detail}; see plimsoll guards`),
  ),
  ...used.map(
    ({ guard, part }) =>
      part > 0.8 &&
      condition('PlimsollLimitNear', guard, `the limit ${guard} is nearly used up`, `${Math.round(part * 100)} %`),
  ),
  ...[...lanes].flatMap(([lane, wei]) => poor(lane, wei, baseFee)),
  ...[...open].map(
    ([plan, sinceMs]) =>
      nowMs - sinceMs > 40 * blockSeconds * 1_000 &&
      condition('PlimsollAttemptUnresolved', plan, 'an attempt has no fate', `plimsoll explain ${plan}`),
  ),
  refused > taken &&
    condition('PlimsollRelaysRefuse', '', 'more is refused than taken', 'the log has the words of the relays'),
]

const executor = ({ checks }: Known): readonly (Condition | false)[] =>
  checks.map(({ name, state, found, todo }) => {
    if (state === 'failure')
      return condition('PlimsollExecutorUnfit', name, `the executor will not serve us (${name})`, `${found}: ${todo}`)
    const isSink = name === 'executor sink' && state === 'warning'
    return isSink && condition('PlimsollSinkProposed', '', 'another sink is proposed', `${found}: ${todo}`)
  })

function poor(lane: string, affordable: Wei, baseFee: bigint): readonly (Condition | false)[] {
  const detail = `${lane} can send up to a base fee of ${affordable} wei; that of now is ${baseFee}`
  return [
    affordable < 3n * baseFee && condition('PlimsollLaneCannotAfford', lane, 'a lane is nearly out of ether', detail),
    affordable < 20n * baseFee && condition('PlimsollLanePoor', lane, 'a lane would not last a busy hour', detail),
  ]
}
