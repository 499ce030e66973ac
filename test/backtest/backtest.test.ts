import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report, TierReport } from '../../src/backtest/report.ts'
import { backtestOf } from '../../src/cli/backtest-of.ts'
import { type Twin, twin } from './twin.ts'

const inShort = ({ there, captured, won, alone, net, bids, misses }: TierReport): string =>
  `${captured} of ${there} by ${won} acts, ${alone} alone: net ${net}, bids ${bids}, misses ${JSON.stringify(misses)}\n`

describe('a backtest against a keeper like ours', () => {
  let them: Twin
  beforeAll(async () => {
    them = await twin(false)
  }, 120_000)
  afterAll(() => them?.world.end())

  const against = (tipShareBps: number, isProven = false): Promise<Report> => {
    const { rpc } = them.world.sandbox
    return backtestOf(them.rival(tipShareBps), { rpc, range: them.range, lanes: 8, poolRestBlocks: 0, isProven })
  }
  const landed = (): readonly string[] =>
    them.live.journal.select({ streams: ['receipt'] }).flatMap(({ record }) => {
      const { receipt } = record as unknown as {
        receipt: { outcomes: { position: string }[]; transactionHash: string }
      }
      return receipt.outcomes.map(({ position }) => `${receipt.transactionHash} ${position}`)
    })

  it('finds every liquidation on the chain, and wins those it bids more for', async () => {
    const report = await against(9_900, true)
    const { committed } = report.tiers
    process.stdout.write(`committed ${inShort(committed)}`)
    const found = committed.liquidations.map(({ transactionHash, position }) => `${transactionHash} ${position}`)
    expect([...found].sort()).toEqual([...landed()].sort())
    expect(report.faults).toEqual([])
    expect(found.length).toBeGreaterThan(8)
    expect(committed.captureBps).toBe(10_000)
    // Each act on the chain's own state: what was foreseen to be gained, to the wei; what differs has its name.
    const won = committed.acts.filter(({ fate }) => fate === 'won')
    expect(won.length).toBeGreaterThan(3)
    for (const { proof, plan } of won) {
      expect(proof?.status).toBe('included')
      const differing = proof?.status === 'included' ? proof.differs.map(({ of }) => of) : []
      expect(differing, plan.id).toEqual(['gas', 'tip'])
    }
  }, 120_000)

  it('does not believe an act behind an update that found other pools', async () => {
    const { hinted } = (await against(9_900, true)).tiers
    const refuted = hinted.acts.filter(({ fate }) => fate === 'refuted')
    process.stdout.write(`hinted ${inShort(hinted)}${refuted.length} refuted\n`)
    expect(refuted.length).toBeGreaterThan(0)
    for (const { behind } of refuted) expect(behind.length).toBeGreaterThan(0)
    for (const { fate, proof } of hinted.acts) if (fate === 'won') expect(proof?.status).toBe('included')
  }, 120_000)

  it('loses all of them where it bids less, and says by how much', async () => {
    const { committed } = (await against(100)).tiers
    expect(committed.captured).toBe(0)
    expect(Object.keys(committed.misses)).toEqual(['outbid'])
  }, 120_000)

  it('solves each again where the winner stood: the same gain to the wei', async () => {
    const { parity } = await against(5_000)
    expect(parity.length).toBeGreaterThan(5)
    for (const { pools, reason } of parity) expect([pools, reason]).toEqual([[], null])
  }, 120_000)
})
