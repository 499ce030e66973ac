import type { ActRow, Report } from '../../backtest/report.ts'
import { counted } from '../amounts.ts'
import { bidOf, netOf, planSum } from '../plan-sum.ts'
import { short } from '../seen.ts'
import { at, type Cell, code, columns, count, plain, type Row, type Table, wei } from '../table.ts'
import { type TokenNames, tokenNames } from '../token-names.ts'
import { tiers, tierWords } from '../words.ts'
import type { Standing } from './liquidation-table.ts'

type Tried = Readonly<Partial<Record<(typeof tiers)[number], ActRow>>>

/** Every plan that would have left, with what became of it in each tier. */
export const actTable = (report: Report, standing: Standing): Table => {
  const { tiers: both } = report
  const names = tokenNames(report)
  const found = new Map<string, Tried>()
  for (const tier of tiers)
    for (const act of both[tier].acts) {
      const key = `${act.block}/${act.plan.id}/${act.behind.join()}`
      found.set(key, { ...found.get(key), [tier]: act })
    }
  return {
    caption: 'Acts: every plan that would have left, what became of it, what it leaves after gas and bid, in ether',
    columns: columns(
      ...['#block', 'time, UTC', 'protocol', 'trigger', 'place', tierWords.committed.name, tierWords.hinted.name],
      ...['#bid', '#net', 'proof'],
    ),
    rows: [...found.values()].flatMap((tried) => actRow(tried, standing, names)).sort(byBlock),
  }
}

const byBlock = (a: Row, b: Row): number => Number(a.cells[0]?.exact) - Number(b.cells[0]?.exact)

function actRow(tried: Tried, standing: Standing, names: TokenNames): readonly Row[] {
  const act = tried.committed ?? tried.hinted
  if (act === undefined) return []
  const { block, timestamp, plan, proof } = act
  const body = planSum(plan, proof, names)
  const stands = standing.get(body.markup)
  return [
    {
      kinds: [...new Set(tiers.flatMap((tier) => tried[tier]?.fate ?? []))],
      cells: [
        ...[count(block), at(timestamp), code(plan.strategy), code(plan.trigger), placeOf(act)],
        ...tiers.map((tier) => fateCell(tried[tier])),
        ...[wei(bidOf(act)), wei(netOf(act)), plain(proofText(act))],
      ],
      more:
        stands === undefined
          ? { title: 'the whole sum', body }
          : { title: 'its sum, where it is a liquidation', href: `#${stands}` },
    },
  ]
}

const placeOf = ({ behind }: ActRow): Cell =>
  behind.length === 0 ? plain('top of the block') : code(`behind ${behind.map(short).join(', ')}`, behind.join(', '))

const fateCell = (act: ActRow | undefined): Cell =>
  act === undefined ? plain('') : { text: act.fate, mark: act.fate === 'won' ? 'captured' : 'missed' }

function proofText({ proof }: ActRow): string {
  if (proof === null) return 'not run'
  if (proof.status === 'reverted') return 'refuted'
  return proof.differs.length === 0 ? 'as foreseen' : `borne out; ${counted(proof.differs.length, 'figure')} other`
}
