import { Counter, Gauge, Histogram, Registry } from 'prom-client'

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

/** Every metric there is; the table of the README is made from it. */
export const rows = {
  info: row('gauge', 'info', 'Always 1; says what runs.', ['version', 'chain_id', 'mode']),
  synced: row('gauge', 'book_synced', '1 once the book holds everything.'),
  bookItems: row('gauge', 'book_items', 'Positions, markets and pools held.', ['kind']),
  syncSeconds: row('gauge', 'sync_duration_seconds', 'How long the book took to fill at the start.'),
  head: row('gauge', 'head_number', 'Number of the newest block followed.'),
  headTime: row('gauge', 'head_timestamp_seconds', 'When the newest block was followed, as a Unix time.'),
  headLag: row('gauge', 'head_lag_seconds', 'From the newest block’s timestamp to when it was followed.'),
  reorgs: row('counter', 'reorgs_total', 'Times the chain went another way.'),
  reorgBlocks: row('counter', 'reorg_blocks_total', 'Blocks undone by reorgs.'),
  refreshed: row('counter', 'positions_refreshed_total', 'Positions read again because logs cannot carry the change.'),
  drifts: row('counter', 'drifts_total', 'Sampled positions whose figures differed from the protocol’s own.', [
    'strategy',
  ]),
  quarantined: row('counter', 'quarantined_total', 'Positions set aside because they still disagreed.', ['strategy']),
  unservedTokens: row('gauge', 'unserved_tokens', 'Tokens of its markets that it cannot trade or borrow.', [
    'strategy',
    'reason',
  ]),
  unservedMarkets: row('gauge', 'unserved_markets', 'Markets that name such a token.', ['strategy', 'reason']),
  unservedPositions: row('gauge', 'unserved_positions', 'Positions nothing can be done about because of it.', [
    'strategy',
    'reason',
  ]),
  verdicts: row(
    'counter',
    'verdicts_total',
    'Verdicts: `act`, or `skip` with its reason: `docs/operating.md` has a row for each, `not-registered` among them.',
    ['strategy', 'trigger', 'do', 'reason'],
  ),
  verdictSeconds: row('histogram', 'verdict_duration_seconds', 'From the head’s arrival to a verdict.'),
  triggerToSend: row(
    'histogram',
    'trigger_to_send_seconds',
    'From a trigger’s arrival to when the bytes were handed over, a simulation between them included.',
    ['trigger'],
  ),
  untold: row('counter', 'events_dropped_total', 'Log lines and counts given up because too many waited for a send.'),
  intents: row('counter', 'intents_total', 'Plans made durable to be sent.', ['strategy']),
  sent: row('counter', 'sent_total', 'Submissions a relay or node accepted.', ['via', 'relay']),
  sendRefused: row('counter', 'send_refused_total', 'Submissions a relay or node refused.', ['via', 'relay']),
  receipts: row('counter', 'receipts_total', 'What came of plans: included, reverted or dropped.', ['via', 'status']),
  misses: row('counter', 'misses_total', 'Liquidations somebody else won in what is watched, by why it was not us.', [
    'strategy',
    'reason',
  ]),
  missesUndone: row('counter', 'misses_undone_total', 'Of these, what reorgs took back.', ['strategy', 'reason']),
  profit: row('counter', 'realised_profit_ether_total', 'Realised net of included plans, where positive.', ['via']),
  loss: row('counter', 'realised_loss_ether_total', 'Realised net of plans, where negative, as a positive number.', [
    'via',
  ]),
  unwound: row('counter', 'unwound_profit_ether_total', 'Of the realised profit, what reorgs took away again.', [
    'via',
  ]),
  gas: row('counter', 'gas_paid_ether_total', 'Gas paid by plans.', ['via']),
  tips: row('counter', 'tips_paid_ether_total', 'Tips paid to builders.', ['via']),
  rpcFaults: row('counter', 'rpc_faults_total', 'Requests the node did not answer, or refused.', ['code']),
  storeFaults: row('counter', 'store_faults_total', 'Records the journal could not take.'),
  leader: row('gauge', 'leader', '1 while this keeper is the one that sends; 0 while it stands by, or may not know.'),
  leaseEpoch: row('gauge', 'lease_epoch', 'Under which it led last: each take-over has the next one.'),
  leaseAge: row('gauge', 'lease_age_seconds', 'Since the database last answered who leads.'),
  takeovers: row('counter', 'takeovers_total', 'Times it began to lead.'),
  guardOpen: row('gauge', 'guard_open', '1 while a guard stands that an operator must close.', ['guard']),
  guardAlerts: row(
    'counter',
    'guard_alerts_total',
    'Times a guard tripped or a limit was reached, at most once a minute each.',
    ['guard'],
  ),
  laneBalance: row('gauge', 'lane_balance_ether', 'What a lane’s account holds.', ['lane']),
  laneBaseFee: row('gauge', 'lane_affordable_base_fee_wei', 'Highest base fee at which a lane can still send.', [
    'lane',
  ]),
} as const satisfies Record<string, MetricRow>

type Rows = typeof rows
type Of = { counter: Counter; gauge: Gauge; histogram: Histogram }
export type Metrics = { readonly [K in keyof Rows]: Of[Rows[K]['kind']] } & { readonly registry: Registry }

/** Seconds: a hot path is less than a millisecond, a slow one a slot. */
const buckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 12]

/** A registry of its own for each keeper, so that two in one process do not share figures. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const made = Object.entries<MetricRow>(rows).map(([key, { kind, name, help, labels }]) => {
    const shape = { name, help, labelNames: [...labels], registers: [registry] }
    if (kind === 'counter') return [key, new Counter(shape)]
    return [key, kind === 'gauge' ? new Gauge(shape) : new Histogram({ ...shape, buckets })]
  })
  return { ...Object.fromEntries(made), registry }
}

/** For the table of the README. */
export const describeMetrics = (): readonly MetricRow[] => Object.values(rows)
