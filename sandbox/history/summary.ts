import type { History, Taken } from './history.ts'

/** What a history holds, for people and machines: amounts as decimal strings. */
export function summaryOf(history: History) {
  const { from, to, head, taken, lost, left, baseFees, seconds } = history
  const perBlock = countBy(taken, ({ block }) => `${block}`)
  const [block = null, most = 0] = Object.entries(perBlock).sort((a, b) => b[1] - a[1])[0] ?? []
  return {
    ...{ head, from, to, blocks: to - from + 1 },
    seconds: Number(seconds.toFixed(1)),
    blocksPerSecond: Number(((to - from + 1) / seconds).toFixed(1)),
    liquidations: taken.length,
    byRival: countBy(taken, ({ rival }) => rival),
    byProtocol: countBy(taken, ({ protocol }) => protocol),
    /** Blocks after the one in which they became possible. */
    byDelay: countBy(taken, ({ after }) => `${after}`),
    untracked: taken.filter(({ tracked }) => !tracked).length,
    openedInTheirBlock: taken.filter(({ young }) => young).length,
    atALoss: taken.filter(isAtALoss).length,
    outbid: lost.filter((one) => one.to !== 'reverted').length,
    reverted: lost.filter((one) => one.to === 'reverted').length,
    stillLiquidatable: left,
    worstBlock: block === null ? null : { block: Number(block), liquidations: most },
    baseFeeWei: { least: baseFees.least.toString(), most: baseFees.most.toString() },
  }
}

/** Gas cost more than the bonus gave, before any tip. */
const isAtALoss = ({ profit }: Taken): boolean => profit < 0

const countBy = (all: readonly Taken[], key: (one: Taken) => string): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const one of all) counts[key(one)] = (counts[key(one)] ?? 0) + 1
  return counts
}
