/** Series as promtool writes them: `name{labels}` and values, one a minute. */
export type Case = Readonly<Record<string, string>>
export type RuleCase = { readonly fires: Case; readonly silent: Case }

const who = 'job="plimsoll",instance="a"'
const gauge = (name: string, values: string, labels = ''): Case => ({
  [`plimsoll_${name}{${who}${labels === '' ? '' : `,${labels}`}}`]: values,
})
const all = (...cases: readonly Case[]): Case => Object.assign({}, ...cases)

/** A counter that is zero for half an hour, then one; and one that never moves. */
const counted = (name: string, labels = ''): RuleCase => ({
  fires: gauge(name, '0x30 1x30', labels),
  silent: gauge(name, '0x60', labels),
})

/** A keeper of a chain whose book is whole. */
const leading = (instance: string, values: string, chain: string): Case => ({
  [`plimsoll_leader{job="plimsoll",instance="${instance}"}`]: values,
  [`plimsoll_book_synced{job="plimsoll",instance="${instance}"}`]: '1x60',
  [`plimsoll_info{job="plimsoll",instance="${instance}",version="0",chain_id="${chain}",mode="public"}`]: '1x60',
})

/** For every alert what makes it fire, and what is near and does not: after an hour. */
export const ruleCases: Readonly<Record<string, RuleCase>> = {
  PlimsollDown: { fires: { [`up{${who}}`]: '1x50 0x10' }, silent: { [`up{${who}}`]: '1x60' } },
  PlimsollBlind: {
    fires: all(gauge('blind', '0x58 1x2', 'reason="no-head"'), gauge('book_synced', '1x60')),
    // Reading a large chain for the first time takes long, and nothing is wrong.
    silent: all(
      gauge('blind', '1x60', 'reason="no-head"'),
      gauge('blind', '1x60', 'reason="unsynced"'),
      gauge('book_synced', '0x60'),
    ),
  },
  PlimsollUnsynced: {
    fires: all(gauge('book_synced', '0x60'), gauge('start_timestamp_seconds', '0x60')),
    silent: all(gauge('book_synced', '0x60'), gauge('start_timestamp_seconds', '1900x60')),
  },
  PlimsollRestarting: {
    fires: gauge('start_timestamp_seconds', '1x20 2x9 3x9 4x9 5x9'),
    silent: gauge('start_timestamp_seconds', '1x30 2x30'),
  },
  PlimsollLagging: {
    fires: all(gauge('head_lag_seconds', '1x50 13x10'), gauge('block_seconds', '12x60')),
    silent: all(gauge('head_lag_seconds', '11x60'), gauge('block_seconds', '12x60')),
  },
  PlimsollPendingSilent: {
    fires: all(
      gauge('input_timestamp_seconds', '3000x60', 'kind="pending"'),
      gauge('input_timestamp_seconds', '0+60x60', 'kind="head"'),
    ),
    // Both silent: then it is blind, and that is told.
    silent: all(
      gauge('input_timestamp_seconds', '3000x60', 'kind="pending"'),
      gauge('input_timestamp_seconds', '3000x60', 'kind="head"'),
    ),
  },
  PlimsollNodeFailing: {
    // Of neither code by itself.
    fires: all(
      gauge('rpc_faults_total', '0+9x60', 'code="rpc-unreachable"'),
      gauge('rpc_faults_total', '0+9x60', 'code="rpc-refused"'),
    ),
    silent: gauge('rpc_faults_total', '0+5x60', 'code="rpc-unreachable"'),
  },
  PlimsollGuardOpen: {
    fires: gauge('guard_open', '0x58 1x2', 'guard="kill"'),
    silent: gauge('guard_open', '1x50 0x10', 'guard="kill"'),
  },
  PlimsollLeaseFailing: {
    fires: all(gauge('lease_age_seconds', '0x50 30+60x10'), gauge('book_synced', '1x60')),
    // Before its book is there it does not ask.
    silent: all(gauge('lease_age_seconds', '0+60x60'), gauge('book_synced', '0x60')),
  },
  PlimsollNobodyLeads: {
    fires: all(leading('a', '1x50 0x10', '1'), leading('c', '1x60', '137')),
    // One stands by and the other leads.
    silent: all(leading('a', '0x60', '1'), leading('b', '1x60', '1')),
  },
  PlimsollLimitNear: {
    fires: gauge('guard_used_ratio', '0.81x60', 'guard="daily-loss"'),
    silent: gauge('guard_used_ratio', '0.79x60', 'guard="daily-loss"'),
  },
  PlimsollLaneCannotAfford: {
    fires: all(gauge('lane_affordable_base_fee_wei', '29x60', 'lane="lane-0"'), gauge('base_fee_wei', '10x60')),
    silent: all(gauge('lane_affordable_base_fee_wei', '31x60', 'lane="lane-0"'), gauge('base_fee_wei', '10x60')),
  },
  PlimsollLanePoor: {
    fires: all(gauge('lane_affordable_base_fee_wei', '199x60', 'lane="lane-0"'), gauge('base_fee_wei', '10x60')),
    // A base fee that rose for ten minutes.
    silent: all(gauge('lane_affordable_base_fee_wei', '199x60', 'lane="lane-0"'), gauge('base_fee_wei', '5x50 10x10')),
  },
  PlimsollAttemptUnresolved: {
    fires: all(gauge('oldest_open_attempt_age_seconds', '481x60'), gauge('block_seconds', '12x60')),
    silent: all(gauge('oldest_open_attempt_age_seconds', '479x60'), gauge('block_seconds', '12x60')),
  },
  PlimsollExecutorUnfit: {
    fires: gauge('executor_checks', '1x60', 'check="operator",state="failure"'),
    silent: gauge('executor_checks', '4x60', 'check="operator",state="ok"'),
  },
  PlimsollSinkProposed: {
    fires: gauge('executor_checks', '1x60', 'check="sink",state="warning"'),
    silent: gauge('executor_checks', '1x60', 'check="owner",state="warning"'),
  },
  PlimsollRelaysRefuse: {
    fires: all(
      gauge('send_refused_total', '0+3x60', 'via="bundle",relay="r"'),
      gauge('sent_total', '0+1x60', 'via="bundle",relay="r"'),
    ),
    silent: all(
      gauge('send_refused_total', '0+1x60', 'via="bundle",relay="r"'),
      gauge('sent_total', '0+3x60', 'via="bundle",relay="r"'),
    ),
  },
  PlimsollLate: {
    fires: all(
      gauge('trigger_to_send_seconds_bucket', '0x60', 'trigger="head",le="1"'),
      gauge('trigger_to_send_seconds_bucket', '0+1x60', 'trigger="head",le="12"'),
      gauge('trigger_to_send_seconds_bucket', '0+1x60', 'trigger="head",le="+Inf"'),
      gauge('block_seconds', '12x60'),
    ),
    silent: all(
      gauge('trigger_to_send_seconds_bucket', '0+1x60', 'trigger="head",le="1"'),
      gauge('trigger_to_send_seconds_bucket', '0+1x60', 'trigger="head",le="12"'),
      gauge('trigger_to_send_seconds_bucket', '0+1x60', 'trigger="head",le="+Inf"'),
      gauge('block_seconds', '12x60'),
    ),
  },
  PlimsollReverted: {
    ...counted('receipts_total', 'via="public",status="reverted",strategy="aave-v3"'),
    silent: gauge('receipts_total', '0+1x60', 'via="public",status="included",strategy="aave-v3"'),
  },
  PlimsollLoss: counted('realised_loss_ether_total', 'via="public",strategy="aave-v3"'),
  PlimsollInexact: {
    ...counted('predictions_total', 'result="inexact"'),
    silent: gauge('predictions_total', '0+1x60', 'result="exact"'),
  },
  PlimsollQuarantined: counted('quarantined_total', 'strategy="aave-v3"'),
  PlimsollOverlooked: {
    ...counted('misses_total', 'strategy="aave-v3",reason="overlooked"'),
    silent: gauge('misses_total', '0+1x60', 'strategy="aave-v3",reason="outbid"'),
  },
  PlimsollJournalFailing: {
    fires: gauge('store_faults_total', '0x55 1x5'),
    // Over for half an hour.
    silent: gauge('store_faults_total', '0x20 1x40'),
  },
  PlimsollNotTold: {
    fires: gauge('notifications_total', '0x55 1x5', 'channel="slack",result="failed"'),
    silent: gauge('notifications_total', '0+1x60', 'channel="slack",result="sent"'),
  },
}
