import type { Asset } from '#core/address.ts'
import type { ForeseenLeg } from '../execution/intent.ts'
import type { ChunkOutput, Planned } from './chunk-output.ts'

/** What a report names amounts of, and what else the book has; each once, in a fixed order. */
export function assetsIn(chunks: readonly ChunkOutput[]): readonly Asset[] {
  const found = new Set<string>()
  const addFlows = (flows: readonly { readonly asset: Asset }[]): void => {
    for (const { asset } of flows) found.add(asset.toLowerCase())
  }
  const addLegs = (legs: readonly ForeseenLeg[]): void => {
    for (const { sell, buy } of legs) for (const asset of [sell, buy]) found.add(asset.toLowerCase())
  }
  const addPlan = (plan: Planned | null | undefined): void => addLegs(plan?.legs ?? [])
  for (const { acts, taken, tokens } of chunks) {
    for (const token of tokens) found.add(token)
    for (const { plan } of acts) addPlan(plan)
    for (const { repaid, seized, winner, committed, hinted, solved } of taken) {
      addFlows([...(repaid === null ? [] : [repaid]), ...seized, ...winner.flows])
      addLegs(winner.legs)
      for (const plan of [committed?.plan, hinted?.plan, solved.plan]) addPlan(plan)
    }
  }
  found.delete('')
  return [...found].sort() as Asset[]
}
