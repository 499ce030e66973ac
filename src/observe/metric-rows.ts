/** One metric: base units in the name, labels bounded (never an address, a hash or a message). */
export type MetricRow = {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

const row = <const N extends string, K extends MetricRow['kind']>(
  kind: K,
  name: N,
  help: string,
  labels: readonly string[] = [],
) => ({ kind, name: `plimsoll_${name}` as const, help, labels })

/** Does it run, and what. */
const life = {
  info: row('gauge', 'info', 'Always 1; says what runs.', ['version', 'chain_id', 'mode']),
  started: row('gauge', 'start_timestamp_seconds', 'When it started, as a Unix time.'),
  memory: row('gauge', 'resident_memory_bytes', 'Memory the process holds.'),
  synced: row('gauge', 'book_synced', '1 once the book holds everything.'),
  bookItems: row('gauge', 'book_items', 'Positions, markets and pools held.', ['kind']),
  syncSeconds: row('gauge', 'sync_duration_seconds', 'How long the book took to fill at the start.'),
  keptBack: row(
    'counter',
    'log_lines_kept_back_total',
    'Log lines not written in a storm, of which there were too many.',
    ['event'],
  ),
  spans: row('counter', 'spans_total', 'Spans of plans, by whether the collector took them.', ['result']),
  untold: row('counter', 'events_dropped_total', 'Log lines and counts given up because too many waited for a send.'),
  storeFaults: row('counter', 'store_faults_total', 'Records the journal could not take.'),
  leader: row('gauge', 'leader', '1 while this keeper is the one that sends; 0 while it stands by, or may not know.'),
  leaseEpoch: row('gauge', 'lease_epoch', 'Under which it led last: each take-over has the next one.'),
  leaseAge: row('gauge', 'lease_age_seconds', 'Since the database last answered who leads.'),
  takeovers: row('counter', 'takeovers_total', 'Times it began to lead.'),
  notified: row('counter', 'notifications_total', 'Messages of the built-in notifier, by what became of them.', [
    'channel',
    'result',
  ]),
} as const

/** Does it see. */
const sight = {
  blind: row('gauge', 'blind', '1 while it sees nothing: `unsynced`, `no-head` or `node-failing`.', ['reason']),
  blockSeconds: row('gauge', 'block_seconds', 'Usual seconds between blocks, as configured.'),
  head: row('gauge', 'head_number', 'Number of the newest block followed.'),
  headTime: row('gauge', 'head_timestamp_seconds', 'When the newest block was followed, as a Unix time.'),
  headLag: row('gauge', 'head_lag_seconds', 'From the newest block’s timestamp to when it was followed.'),
  baseFee: row('gauge', 'base_fee_wei', 'Base fee of the newest block.'),
  inputs: row('counter', 'inputs_total', 'What reached the keeper: heads, transactions on their way, timers.', [
    'kind',
  ]),
  inputTime: row('gauge', 'input_timestamp_seconds', 'When something of that kind last came, as a Unix time.', [
    'kind',
  ]),
  reorgs: row('counter', 'reorgs_total', 'Times the chain went another way.'),
  reorgBlocks: row('counter', 'reorg_blocks_total', 'Blocks undone by reorgs.'),
  refreshed: row('counter', 'positions_refreshed_total', 'Positions read again because logs cannot carry the change.'),
  rpcFaults: row('counter', 'rpc_faults_total', 'Requests the node did not answer, or refused.', ['code']),
  drifts: row('counter', 'drifts_total', 'Sampled positions whose figures differed from the protocol’s own.', [
    'strategy',
  ]),
  quarantined: row('counter', 'quarantined_total', 'Positions set aside because they still disagreed.', ['strategy']),
} as const

/** What it saw, what it left and why. */
const judgement = {
  verdicts: row(
    'counter',
    'verdicts_total',
    'Verdicts: `act`, or `skip` with its reason: `docs/operating.md` has a row for each, `not-registered` among them.',
    ['strategy', 'trigger', 'do', 'reason'],
  ),
  standing: row(
    'gauge',
    'standing_positions',
    'Positions below the line in the next block, by what was said of them: `act`, or the reason of the skip.',
    ['strategy', 'reason'],
  ),
  unservedTokens: row('gauge', 'unserved_tokens', 'Tokens of its markets that it cannot trade or borrow.', [
    'strategy',
    'reason',
  ]),
  unservedMarkets: row('gauge', 'unserved_markets', 'Markets that name such a token.', ['strategy', 'reason']),
  unservedPositions: row('gauge', 'unserved_positions', 'Positions nothing can be done about because of it.', [
    'strategy',
    'reason',
  ]),
  coming: row(
    'gauge',
    'coming_positions',
    'Positions whose judgement time alone changes within the hour or the day, as of the last look.',
    ['within'],
  ),
  comingNext: row('gauge', 'coming_next_seconds', 'From the last look to the first of these; the day where none is.'),
} as const

/** Is it late. */
const speed = {
  verdictSeconds: row('histogram', 'verdict_duration_seconds', 'From the head’s arrival to a verdict.'),
  stageSeconds: row(
    'histogram',
    'stage_duration_seconds',
    'A scene’s way: `wait` until it is judged, `decide`, `hand` over what is to be sent (encoded, signed).',
    ['stage', 'trigger'],
  ),
  triggerToSend: row(
    'histogram',
    'trigger_to_send_seconds',
    'From a trigger’s arrival to when the bytes were handed over, a simulation between them included.',
    ['trigger'],
  ),
  answerSeconds: row('histogram', 'relay_answer_seconds', 'From handing over to a relay’s or the node’s answer.', [
    'relay',
  ]),
} as const

/** What became of what it sent, and what it earned. */
const outcome = {
  intents: row('counter', 'intents_total', 'Plans made durable to be sent.', ['strategy']),
  sent: row('counter', 'sent_total', 'Submissions a relay or node accepted.', ['via', 'relay']),
  sendRefused: row('counter', 'send_refused_total', 'Submissions a relay or node refused.', ['via', 'relay']),
  fates: row(
    'counter',
    'fates_total',
    'How attempts went on: sent, refused, withheld, included, reverted, dropped, unwound, final.',
    ['via', 'status'],
  ),
  openAttempts: row('gauge', 'open_attempts', 'Attempts whose fate is open.'),
  openAge: row('gauge', 'oldest_open_attempt_age_seconds', 'How long the oldest of them has been; 0 without one.'),
  receipts: row('counter', 'receipts_total', 'What came of plans: included, reverted or dropped.', [
    'via',
    'status',
    'strategy',
  ]),
  predictions: row(
    'counter',
    'predictions_total',
    'Receipts against what was foreseen: `exact` to the wei, `inexact`, or `elsewhere`: in another block than meant.',
    ['result'],
  ),
  misses: row('counter', 'misses_total', 'Liquidations somebody else won in what is watched, by why it was not us.', [
    'strategy',
    'reason',
  ]),
  missesUndone: row('counter', 'misses_undone_total', 'Of these, what reorgs took back.', ['strategy', 'reason']),
  profit: row('counter', 'realised_profit_ether_total', 'Realised net of included plans, where positive.', [
    'via',
    'strategy',
  ]),
  loss: row('counter', 'realised_loss_ether_total', 'Realised net of plans, where negative, as a positive number.', [
    'via',
    'strategy',
  ]),
  unwound: row('counter', 'unwound_profit_ether_total', 'Of the realised profit, what reorgs took away again.', [
    'via',
    'strategy',
  ]),
  gas: row('counter', 'gas_paid_ether_total', 'Gas paid by plans.', ['via', 'strategy']),
  tips: row('counter', 'tips_paid_ether_total', 'Tips paid to builders.', ['via', 'strategy']),
} as const

/** What stands in its way, or will. */
const limits = {
  guardOpen: row('gauge', 'guard_open', 'Guards that stand and that an operator must close.', ['guard']),
  guardAlerts: row(
    'counter',
    'guard_alerts_total',
    'Times a guard tripped or a limit was reached, at most once a minute each.',
    ['guard'],
  ),
  guardUsed: row('gauge', 'guard_used_ratio', 'Of a limit’s 24 hours, the part used; of markets the fullest.', [
    'guard',
  ]),
  laneBalance: row('gauge', 'lane_balance_ether', 'What a lane’s account holds.', ['lane']),
  laneBaseFee: row('gauge', 'lane_affordable_base_fee_wei', 'Highest base fee at which a lane can still send.', [
    'lane',
  ]),
  executorChecks: row(
    'gauge',
    'executor_checks',
    'What the last look at the executor found: code, sink, token, owner, operators, registry, data fees.',
    ['check', 'state'],
  ),
} as const

/** Every metric there is; the table of the README is made from it. */
export const rows = {
  ...life,
  ...sight,
  ...judgement,
  ...speed,
  ...outcome,
  ...limits,
} as const satisfies Record<string, MetricRow>

/** For the table of the README. */
export const describeMetrics = (): readonly MetricRow[] => Object.values(rows)
