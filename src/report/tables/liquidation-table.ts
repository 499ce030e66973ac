import { KeeperError } from '#core/error.ts'
import type { ActRow, LiquidationRow, PlanRow, ProofRow, Report, TierReport } from '../../backtest/report.ts'
import { liquidationSum } from '../liquidation-sum.ts'
import { planSum } from '../plan-sum.ts'
import { short } from '../seen.ts'
import { at, type Cell, code, columns, count, type Row, type Table, wei } from '../table.ts'
import { type TokenNames, tokenNames } from '../token-names.ts'
import { resultWords, tiers, tierWords } from '../words.ts'

/** One liquidation on the chain, as each tier has it. */
type Pair = Readonly<Record<(typeof tiers)[number], LiquidationRow>>
type ActsById = ReadonlyMap<string, readonly ActRow[]>
type Known = Readonly<Record<keyof Pair, ActsById>>
/** Sums that stand in the page, and where. */
export type Standing = Map<string, string>

/** Every liquidation in the range, ours or not. */
export function liquidationTable(report: Report, standing: Standing): Table {
  const { committed, hinted } = report.tiers
  const acts = { committed: byId(committed), hinted: byId(hinted) }
  const names = tokenNames(report)
  return {
    caption:
      'Every liquidation: what each tier makes of it, who took it, and what our plan for that block leaves; in ether',
    columns: columns(
      ...['#block', 'time, UTC', 'protocol', 'position', tierWords.committed.name, tierWords.hinted.name],
      ...['winner', '#their bid', '#ours would leave'],
    ),
    rows: pairsOf(report).map((pair, at) => liquidationRow(pair, { acts, names, standing }, `liquidation-${at + 1}`)),
  }
}

const byId = ({ acts }: TierReport): ActsById => Map.groupBy(acts, ({ plan }) => plan.id)

/** @throws `bad-argument` where the tiers are not of the same liquidations. */
function pairsOf({ tiers: { committed, hinted } }: Report): readonly Pair[] {
  const isOf = (one: LiquidationRow, other: LiquidationRow | undefined): other is LiquidationRow =>
    one.transactionHash === other?.transactionHash && one.position === other.position
  if (committed.liquidations.length !== hinted.liquidations.length) throw unlike()
  return committed.liquidations.map((one, at) => {
    const other = hinted.liquidations[at]
    if (!isOf(one, other)) throw unlike()
    return { committed: one, hinted: other }
  })
}

const unlike = (): KeeperError =>
  new KeeperError('bad-argument', 'the report’s tiers list different liquidations: run the backtest again')

function liquidationRow(
  pair: Pair,
  { acts, names, standing }: { readonly acts: Known; readonly names: TokenNames; readonly standing: Standing },
  id: string,
): Row {
  const { committed, hinted } = pair
  const { block, timestamp, strategy, position, winner } = committed
  const proofs = { committed: proofHere(committed, acts.committed), hinted: proofHere(hinted, acts.hinted) }
  const sums = tiers.map((tier) => {
    const { ours } = pair[tier]
    const sum = ours === null ? null : planSum(ours, proofs[tier], names)
    if (sum !== null && !standing.has(sum.markup)) standing.set(sum.markup, id)
    return { tier, row: pair[tier], sum }
  })
  const by = winner.by ?? winner.from
  return {
    id,
    kinds: [
      ...new Set(tiers.flatMap((tier) => [resultWords[pair[tier].result], ...(pair[tier].why ?? '').split(' ')])),
    ],
    cells: [
      ...[count(block), at(timestamp), code(strategy), code(short(position))],
      ...[resultCell(committed), resultCell(hinted), code(short(by)), wei(winner.bid, !winner.isBidWhole)],
      wei(leaves(committed.ours, proofs.committed) ?? leaves(hinted.ours, proofs.hinted)),
    ],
    more: { title: 'the whole sum', body: liquidationSum(sums, names) },
  }
}

const resultCell = ({ result, why }: LiquidationRow): Cell => ({
  text: why === null ? resultWords[result] : `${resultWords[result]}: ${why}`,
  mark: result,
})

const leaves = (ours: PlanRow | null, proof: ProofRow | null): string | null =>
  proof?.status === 'included' ? proof.net : (ours?.sum.net ?? null)

/** Of the act that won, or else of the one for that block. */
function proofHere({ ours, block }: LiquidationRow, acts: ActsById): ProofRow | null {
  const those = ours === null ? [] : (acts.get(ours.id) ?? [])
  return (those.find(({ fate }) => fate === 'won') ?? those.find((act) => act.block === block))?.proof ?? null
}
