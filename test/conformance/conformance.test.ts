import { describe, expect, it } from 'vitest'
import { conform } from './conform.ts'
import { loadStrategy, strategyNames } from './definitions.ts'

const [cases, seed] = [40, 1]

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
    const absent = new Set(fixture?.deployments.flatMap((one) => (one.absent === undefined ? [] : [one.name])))
    const run = rows.filter(({ deployment }) => !absent.has(deployment))
    expect(run.filter(({ notRun }) => notRun !== null)).toEqual([])
    expect(run.filter(({ isCaught }) => !isCaught).map(({ check }) => check)).toEqual([])
  })
})
