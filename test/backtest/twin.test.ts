import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report, TierReport } from '../../src/backtest/report.ts'
import { backtestOf } from '../../src/cli/backtest-of.ts'
import { type Twin, twin } from './twin.ts'

const inShort = ({ there, captured, won, alone, net, bids, misses }: TierReport): string =>
  `${captured} of ${there} by ${won} acts, ${alone} alone: net ${net}, bids ${bids}, misses ${JSON.stringify(misses)}\n`

describe('a backtest against a keeper like ours', () => {
  let them: Twin
  let report: Report
  const against = (tipShareBps: number, isProven: boolean): Promise<Report> => {
    const { rpc } = them.world.sandbox
    return backtestOf(them.rival(tipShareBps), { rpc, range: them.range, lanes: 8, poolRestBlocks: 0, isProven })
  }
  beforeAll(async () => {
    them = await twin(false)
    report = await against(9_900, true)
  }, 240_000)
  afterAll(() => them?.world.end())

  const landed = (): readonly string[] =>
    them.live.journal.select({ streams: ['receipt'] }).flatMap(({ record }) => {
      const { receipt } = record as unknown as {
        receipt: { outcomes: { position: string }[]; transactionHash: string }
      }
      return receipt.outcomes.map(({ position }) => `${receipt.transactionHash} ${position}`)
    })

  it('finds every liquidation on the chain, and wins those it bids more for', () => {
    const { committed } = report.tiers
    process.stdout.write(`committed ${inShort(committed)}`)
    const found = committed.liquidations.map(({ transactionHash, position }) => `${transactionHash} ${position}`)
    expect([...found].sort()).toEqual([...landed()].sort())
    expect(report.faults).toEqual([])
    expect(found.length).toBeGreaterThan(5)
    expect(committed.captureBps).toBe(10_000)
  })

  it('proves each act to the wei of what was foreseen to be gained, and names what differs', () => {
    const won = report.tiers.committed.acts.filter(({ fate }) => fate === 'won')
    expect(won.length).toBeGreaterThan(2)
    for (const { proof, plan } of won) {
      expect(proof?.status).toBe('included')
      const differing = proof?.status === 'included' ? proof.differs.map(({ of }) => of) : []
      expect(differing, plan.id).toEqual(['gas', 'tip'])
    }
  })

  it('solves each again where the winner stood: the same swaps, to the wei', () => {
    expect(report.parity.length).toBeGreaterThan(2)
    for (const { pools, reason } of report.parity) expect([pools, reason]).toEqual([[], null])
  })

  it('does not believe an act behind an update that found other pools', () => {
    const { hinted } = report.tiers
    const refuted = hinted.acts.filter(({ fate }) => fate === 'refuted')
    process.stdout.write(`hinted ${inShort(hinted)}${refuted.length} refuted\n`)
    expect(refuted.length).toBeGreaterThan(0)
    for (const { behind } of refuted) expect(behind.length).toBeGreaterThan(0)
    for (const { fate, proof } of hinted.acts) if (fate === 'won') expect(proof?.status).toBe('included')
  })

  it('loses all of them where it bids less, and says by how much', async () => {
    const { committed } = (await against(100, false)).tiers
    expect(committed.captured).toBe(0)
    expect(Object.keys(committed.misses)).toEqual(['outbid'])
    for (const { detail } of committed.liquidations) expect(detail).toMatch(/^by [1-9]\d* wei/)
  }, 120_000)
})
