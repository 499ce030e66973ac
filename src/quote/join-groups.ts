import { gasPriceOf, hopCost } from './beside.ts'
import { choose } from './choose.ts'
import type { Context } from './context.ts'
import { estimate } from './estimate.ts'
import { transactionGas } from './gas.ts'
import type { Alone } from './independent.ts'
import { hopGas } from './realise.ts'
import type { Estimate } from './sized.ts'

type Group = readonly Alone[]
const usualPpm = 10_000

/** Groups that save enough gas in one transaction are made one; two at a time, the most saving first. */
export function joinGroups(context: Context, groups: readonly Group[]): readonly Group[] {
  if (groups.length < 2) return groups
  const share = (context.request.joinPpm ?? usualPpm) / 1e6
  const [hopeless, apartAtFirst] = [[] as Group[], [] as { group: Group; best: Estimate }[]]
  for (const group of groups) {
    const clusters = group.map(({ cluster }) => cluster)
    const [best] = choose(context, clusters)
    if (best === undefined) hopeless.push(group)
    else apartAtFirst.push({ group, best })
  }
  let apart = apartAtFirst
  for (;;) {
    let found: { one: number; other: number; best: Estimate; saves: number } | null = null
    for (const [one, a] of apart.entries())
      for (const [other, b] of apart.entries()) {
        if (other <= one || (a.best.net <= 0 && b.best.net <= 0)) continue
        const separate = Math.max(0, a.best.net) + Math.max(0, b.best.net)
        if (a.best.net + b.best.net + inCommon(context, a.best, b.best) <= separate * (1 + share)) continue
        const best = estimate(context, [...a.best.offers, ...b.best.offers])
        const saves = best.net - separate
        if (saves > separate * share && (found === null || saves > found.saves)) found = { one, other, best, saves }
      }
    if (found === null) return [...apart.map(({ group }) => group), ...hopeless]
    const { one, other, best } = found
    const group = [...(apart[one]?.group ?? []), ...(apart[other]?.group ?? [])]
    apart = [...apart.filter((_, i) => i !== one && i !== other), { group, best }]
  }
}

/** The most that two transactions can save as one, in wei: a transaction, and the loans and hops they share. */
function inCommon(context: Context, a: Estimate, b: Estimate): number {
  const wraps = [...a.wraps].filter(([asset]) => b.wraps.has(asset)).map(([, gas]) => gas)
  const hops = a.used.filter((hop) => b.used.includes(hop)).map((hop) => hopCost(context, hopGas(context, hop)))
  const gas = [transactionGas, ...wraps].reduce((x, y) => x + y, 0) * gasPriceOf(context)
  return hops.reduce((x, y) => x + y, gas + Number(context.request.beside?.fees.perTransaction ?? 0n))
}
