import type { Report } from './report.ts'

/** One value of a setting, tried over the whole range. */
export type Tried = { readonly value: string; readonly report: Report }
export type Sweep = {
  readonly key: string
  /** By value, over the whole range: what hindsight would choose among. */
  readonly values: readonly {
    readonly value: string
    readonly won: number
    readonly captureBps: number
    readonly net: string
  }[]
  /** Each day with the value that had earned most on the days before; the first of the list on the first day. */
  readonly walked: {
    readonly net: string
    readonly days: readonly { readonly day: string; readonly value: string; readonly net: string }[]
  }
}

/** Nothing of a day decides what is chosen for it: what could have been known is all that is used. */
export function walkForward(key: string, tried: readonly Tried[]): Sweep {
  const committed = tried.map(({ value, report }) => ({ value, tier: report.tiers.committed }))
  const days = [...new Set(committed.flatMap(({ tier }) => tier.byDay.map(({ name }) => name)))].sort()
  const netOf = (value: string, day: string): bigint => {
    const share = committed.find((one) => one.value === value)?.tier.byDay.find(({ name }) => name === day)
    return BigInt(share?.net ?? 0)
  }
  const earned = new Map(tried.map(({ value }) => [value, 0n]))
  const walked = days.map((day) => {
    const value = [...earned].reduce((best, one) => (one[1] > best[1] ? one : best))[0]
    for (const [each, before] of earned) earned.set(each, before + netOf(each, day))
    return { day, value, net: netOf(value, day) }
  })
  return {
    key,
    values: committed.map(({ value, tier: { won, captureBps, net } }) => ({ value, won, captureBps, net })),
    walked: {
      net: walked.reduce((sum, { net }) => sum + net, 0n).toString(),
      days: walked.map(({ net, ...rest }) => ({ ...rest, net: net.toString() })),
    },
  }
}
