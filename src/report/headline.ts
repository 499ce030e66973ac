import type { Tier } from '../backtest/chunk-output.ts'
import type { Report, TierReport } from '../backtest/report.ts'
import { counted, ether, grouped, percent } from './amounts.ts'
import { tiers, tierWords } from './words.ts'

export type Figure = { readonly name: string; readonly of: Readonly<Record<Tier, Told>> }
export type Told = { readonly value: string; readonly note: string }

export const titleOf = ({ range, chainId }: Report): string =>
  `Backtest of blocks ${range.from} to ${range.to} of chain ${chainId}`

/** The answer, in one sentence. */
export function answerOf(report: Report): string {
  const { committed, hinted } = report.tiers
  if (committed.there === 0) return `Nobody else liquidated anything there: ${wonText(committed)}.`
  const takes = ({ captured, captureBps }: TierReport): string =>
    `${grouped(String(captured))} (${percent(captureBps)})`
  return (
    `Of ${counted(committed.there, 'liquidation')}${datesOf(report)}, this keeper would have taken ` +
    `${takes(committed)} by what blocks show, and ${takes(hinted)} had it seen every oracle update on its way; ` +
    `after gas and bids that leaves ${ether(committed.net)} and ${ether(hinted.net)} ether.`
  )
}

function datesOf({ tiers: { committed } }: Report): string {
  const [first, last] = [committed.liquidations[0], committed.liquidations.at(-1)]
  if (first === undefined || last === undefined) return ''
  const day = (timestamp: number): string => new Date(timestamp * 1_000).toISOString().slice(0, 10)
  const [from, to] = [day(first.timestamp), day(last.timestamp)]
  return from === to ? ` on ${from}` : ` from ${from} to ${to}`
}

const wonText = ({ won, net }: TierReport): string => `${counted(won, 'act')} would have left ${ether(net)} ether`

/** What to look at first, for both tiers. */
export function figuresOf(report: Report): readonly Figure[] {
  const parity = parityFigure(report)
  const both = (name: string, told: (tier: TierReport) => Told): Figure => ({
    name,
    of: { committed: told(report.tiers.committed), hinted: told(report.tiers.hinted) },
  })
  return [
    both('captured', (tier) => ({
      value: `${grouped(String(tier.captured))} of ${grouped(String(tier.there))}`,
      note: [percent(tier.captureBps), ...besides(tier)].join('; '),
    })),
    both('recall', ({ recallBps }) => ({
      value: percent(recallBps),
      note: 'known to be below the line before its block',
    })),
    both('profit, ether', ({ net, won, alone, bids }) => ({
      value: ether(net),
      note: `${counted(won, 'act')} won, ${alone} contested by nobody; ${ether(bids)} bid`,
    })),
    { name: 'parity with winners', of: { committed: parity, hinted: parity } },
    both('lost most to', lostMost),
  ]
}

const besides = ({ afterOurs, own }: TierReport): readonly string[] => [
  ...(afterOurs === 0 ? [] : [`${afterOurs} more follow what would be ours`]),
  ...(own === 0 ? [] : [`${own} by this keeper’s own executor, not counted`]),
]

/** Of the winners' transactions that both could be valued: the one in the middle, the lower where there are two. */
function parityFigure({ parity }: Report): Told {
  const ratios = parity.flatMap(({ ratioBps }) => ratioBps ?? []).sort((a, b) => a - b)
  const middle = ratios[Math.floor((ratios.length - 1) / 2)]
  if (middle === undefined)
    return { value: 'not known', note: `none of ${counted(parity.length, 'winner')} can be compared` }
  const equal = ratios.filter((ratio) => ratio >= 10_000).length
  return {
    value: percent(middle),
    note: `in the middle of ${ratios.length} compared, of ${parity.length}; at least as much in ${equal}`,
  }
}

function lostMost({ misses, missed }: TierReport): Told {
  const [worst] = missesOf(misses)
  if (worst === undefined) return { value: 'nothing', note: 'none was missed' }
  return {
    value: worst.reason,
    note: `${worst.count} of ${missed} misses; they gained their winners ${ether(worst.winnersGain)} ether`,
  }
}

export type MissCount = { readonly reason: string; readonly count: number; readonly winnersGain: string }
/** What gained its winners most first, then the most frequent. */
export const missesOf = (misses: TierReport['misses']): readonly MissCount[] =>
  Object.entries(misses)
    .map(([reason, one]) => ({ reason, ...one }))
    .sort((a, b) => Number(BigInt(b.winnersGain) - BigInt(a.winnersGain)) || b.count - a.count)

/** What the figures rest on, and what they do not. */
export function restsOn({ proofs, chunks, positions, tiers: { committed, hinted } }: Report): readonly string[] {
  const refuted = [committed, hinted].map(({ acts }) => acts.filter(({ fate }) => fate === 'refuted').length)
  return [
    proofs === null
      ? 'No act was run on the chain’s own state: profits are as foreseen.'
      : `${counted(proofs, 'act')} ${proofs === 1 ? 'was' : 'were'} run on the chain’s own state where they would have stood; profits are what came out, and ${refuted[0]} (${tierWords.committed.name}) and ${refuted[1]} (${tierWords.hinted.name}) refuted acts count for nothing.`,
    `Every liquidation in the protocols counts, markets that are not followed included. The book held at most ${counted(positions, 'position')}; ${counted(chunks, 'chunk')} of blocks began with a book of their own.`,
    'Each act is judged alone, on a world without our other acts; a position that is taken is gone. An act wins only where nobody took the position before, and in the same block only with more than the winner paid.',
    'A winner’s gain is valued at the pools’ prices before the block. Where its payments to the block’s beneficiary could not be looked for, its bid is marked ≥.',
  ]
}

export const eachTier = <Of>(of: (tier: Tier) => Of): readonly Of[] => tiers.map(of)
