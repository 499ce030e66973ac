import { BPS, type Wei, wei } from '#core/numbers.ts'
import { gasFreeProfit } from '#core/plan.ts'
import type { Act, ChunkOutput } from './chunk-output.ts'
import { play, type Rules } from './ledger.ts'
import { tallyOf } from './tally.ts'

/** What would have come of the same plans, had one thing been otherwise. Sizes and routes are kept as they were. */
export type SensitivityRow = {
  readonly of: 'gas' | 'tip' | 'latency' | 'liquidity'
  readonly at: string
  readonly won: number
  readonly captureBps: number
  readonly net: string
  readonly bids: string
}

const gasTimes = [1n, 2n, 3n]
const tipShares = [5_000n, 7_000n, 8_000n, 9_000n, 9_500n, 9_900n]
const latencies = [0, 1, 2, 5]
const liquidityCuts = [25n, 50n, 75n]

/** As foreseen, without proofs. `minimumNet`: what an act has to leave. */
export function sensitivityOf(
  chunks: readonly ChunkOutput[],
  rules: Rules,
  { minimumNet, tipShareBps }: { readonly minimumNet: Wei; readonly tipShareBps: bigint },
): readonly SensitivityRow[] {
  const row = (
    of: SensitivityRow['of'],
    at: string,
    change: (act: Act) => Act,
    more: Partial<Rules> = {},
  ): SensitivityRow => {
    const changed = chunks.map((chunk) => ({
      ...chunk,
      acts: chunk.acts.map(change).filter(({ plan }) => plan.sum.net >= minimumNet),
    }))
    const { won, captureBps, net, bids } = tallyOf(play(changed, { ...rules, proof: () => null, ...more }))
    return { of, at, won, captureBps, net, bids }
  }
  const same = (act: Act): Act => act
  return [
    ...gasTimes.map((times) => row('gas', `×${times}`, (act) => valued(act, tipShareBps, { gasTimes: times }))),
    ...(tipShareBps === 0n ? [] : tipShares).map((share) =>
      row('tip', `${share} bps`, (act) => valued(act, share, {})),
    ),
    ...latencies.map((latencyBlocks) => row('latency', `${latencyBlocks} blocks`, same, { latencyBlocks })),
    // A pool of half the depth moves twice as far: what the swaps lose doubles, at most (their fees do not).
    ...liquidityCuts.map((cut) =>
      row('liquidity', `−${cut} %`, (act) => valued(act, tipShareBps, { less: (act.impact * cut) / (100n - cut) })),
    ),
  ]
}

/** The sum worked out again: gas, then the tip as a share of what is left. */
function valued(
  act: Act,
  tipShareBps: bigint,
  { gasTimes: times = 1n, less = 0n }: { readonly gasTimes?: bigint; readonly less?: bigint },
): Act {
  const { sum } = act.plan
  const gas = wei(sum.gas * times)
  const left = gasFreeProfit(sum) - less + gas + sum.dataFee
  const tip = wei(left > 0n ? -((left * tipShareBps) / BPS) : 0n)
  const net = wei(left + tip)
  const swapOut = wei(sum.swapOut - less)
  return {
    ...act,
    plan: { ...act.plan, bid: wei(act.plan.bid + sum.tip - tip), sum: { ...sum, swapOut, gas, tip, net } },
  }
}
