import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readOutsideFile } from '../../sandbox/outside-ground.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { conformOutside } from './conform.ts'
import { loadStrategy, strategyNames } from './definitions.ts'
import { hostedChain } from './hosted-chain.ts'

const seed = 3

/** The last deployment of each that can be deployed here. */
const played = (await Promise.all(strategyNames().map(loadStrategy))).flatMap(({ definition: { name }, fixture }) => {
  const deployment = fixture?.deployments.at(-1)
  return fixture === null || deployment === undefined || deployment.absent !== undefined
    ? []
    : [{ name, fixture, deployment }]
})

describe(`a chain given from outside (seed ${seed})`, () => {
  it.each(played)('is played with by the keys of a file alone: $name', { timeout: 280_000 }, async (one) => {
    const { name } = one
    const chain = await hostedChain(one)
    try {
      // The rest was seen on the private chain: what differs here is who signs, and whom deeds can be had of.
      const rows = await conformOutside(name, chain.url, chain.path, {
        ...{ cases: 12, seed, only: ['terms', 'storm: judged', 'storm: book'], say: () => undefined },
      })
      expect(rows.flatMap(({ check, mismatches }) => mismatches.map((text) => `${check}: ${text}`))).toEqual([])
      expect(rows.map(({ notRun }) => notRun)).toEqual([null, null, null])
      expect(rows.filter(({ cases }) => cases < 6).map(({ check }) => check)).toEqual([])
    } finally {
      await chain.stop()
    }
  })

  it('whose file is wrong is told what is wrong, and never a key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-outside-'))
    const write = (name: string, text: string): string => {
      const path = join(folder, name)
      writeFileSync(path, text)
      return path
    }
    expect(() => readOutsideFile(write('a.json', 'not json'))).toThrow(/cannot be read as JSON/)
    const good = testAccount('hosted a').privateKey
    const secret = `${good.slice(0, -2)}zz`
    const path = write(
      'b.json',
      JSON.stringify({ liquidator: secret, rival: 'env:NOWHERE', bank: good, actors: [], deployment: {} }),
    )
    expect(() => readOutsideFile(path)).toThrow(/liquidator: a key is no private key.*rival: env:NOWHERE.*actors/s)
    expect(() => readOutsideFile(path)).not.toThrow(new RegExp(secret))
  })
})
