import { describe, expect, it } from 'vitest'
import { times } from '../full/counts.ts'
import { conform } from './conform.ts'
import { loadStrategy, strategyNames } from './definitions.ts'

const [cases, seed] = [times(5, 40), 1]

describe(`every strategy does what its protocol's contracts do (seed ${seed})`, () => {
  // Two at a time: what two cores carry, and this file is the longest.
  it.concurrent.each(strategyNames())('%s', { timeout: 400_000 }, async (name) => {
    const { fixture } = await loadStrategy(name)
    const rows = await conform(name, {
      cases,
      seed,
      only: [],
      say: (text) => void process.stdout.write(`${text}\n`),
    })
    expect(rows.flatMap(({ check, mismatches }) => mismatches.map((text) => `${check}: ${text}`))).toEqual([])
    // Nothing is left out in silence: what cannot be deployed here says what brings it.
    const absent = new Map(
      fixture?.deployments.flatMap((one) => (one.absent === undefined ? [] : [[one.name, one.absent]])),
    )
    const run = rows.filter(({ notRun }) => notRun === null)
    const notRun = rows.filter((row) => row.notRun !== null)
    expect(notRun.map((row) => [row.deployment, row.notRun])).toEqual([...absent])
    expect(new Set(run.map(({ deployment }) => deployment)).size).toBe((fixture?.deployments.length ?? 0) - absent.size)
    for (const { check, cases: made } of run)
      if (check !== 'next change') expect(made, check).toBeGreaterThanOrEqual(cases)
    expect(run.filter(({ isCaught }) => !isCaught).map(({ check }) => check)).toEqual([])
  })
})
