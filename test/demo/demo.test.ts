import { spawn } from 'node:child_process'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from '../walls/source-files.ts'

type Both = { readonly predicted: string; readonly actual: string }
type Liquidation = {
  readonly protocol: string
  readonly revision: string
  readonly via: string
  readonly repay: Both
  readonly seize: Both
  readonly swapOut: Both
  readonly grossProfit: Both
  readonly route: readonly { readonly bought: Both }[]
  readonly tags: readonly string[]
  readonly tx: string
  readonly readsWhileDeciding: number
}
type Document = {
  readonly liquidations: readonly Liquidation[]
  readonly apart: readonly Liquidation[]
  readonly skips: readonly { readonly reason: string }[]
}

/** What the README promises of `npm run demo`, on the command itself. */
describe('npm run demo -- --json', () => {
  let document: Document
  let said = ''

  beforeAll(async () => {
    let out = ''
    const child = spawn('npm', ['run', '--silent', 'demo', '--', '--json'], { cwd: root })
    child.stdout.on('data', (part) => {
      out += part
    })
    child.stderr.on('data', (part) => {
      said += part
    })
    const code = await new Promise((done) => child.on('close', done))
    expect(code, said).toBe(0)
    document = JSON.parse(out)
  }, 900_000)

  it('tells its progress, then one JSON document', () => {
    expect(said).toMatch(/chain[\s\S]*keeper[\s\S]*crash/)
  })

  it('liquidates at least 25 positions, 20 by bundle, on both Aave versions', () => {
    const { liquidations } = document
    expect(liquidations.length).toBeGreaterThanOrEqual(25)
    expect(liquidations.filter(({ via }) => via === 'bundle').length).toBeGreaterThanOrEqual(20)
    const aave = liquidations.filter(({ protocol }) => protocol === 'aave-v3')
    expect(new Set(aave.map(({ revision }) => revision)).size).toBe(2)
  })

  it('liquidates three families of protocols through one executor, pre-liquidations among them', () => {
    const { liquidations } = document
    expect(new Set(liquidations.map(({ protocol }) => protocol))).toEqual(
      new Set(['aave-v3', 'morpho-blue', 'liquity']),
    )
    expect(liquidations.flatMap(({ tags }) => tags)).toContain('pre-liquidation')
  })

  it('foresaw every amount to the wei, without asking the node', () => {
    const { liquidations, apart } = document
    for (const one of liquidations) {
      for (const { predicted, actual } of [
        one.repay,
        one.seize,
        one.swapOut,
        one.grossProfit,
        ...one.route.map(({ bought }) => bought),
      ])
        expect(actual, one.tx).toBe(predicted)
      expect(one.readsWhileDeciding).toBe(0)
    }
    expect(apart.length * 10).toBeLessThanOrEqual(liquidations.length + apart.length)
  })

  it('meets each kind of liquidation, and of skip', () => {
    const tags = new Set(document.liquidations.flatMap((one) => one.tags))
    const kinds = ['partial-for-slippage', 'full-dust', 'collateral-capped', 'bad-debt', 'e-mode', 'same-asset']
    for (const tag of [...kinds, 'several-hops', 'split', 'shared-exit']) expect([...tags]).toContain(tag)
    const reasons = document.skips.map(({ reason }) => reason)
    expect(reasons).toContain('unprofitable')
    expect(reasons).toContain('no-route')
  })
})
