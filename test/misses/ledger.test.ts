import { describe, expect, it } from 'vitest'
import type { Hex } from '#core/address.ts'
import { address } from '#core/address.ts'
import type { Miss } from '#core/miss.ts'
import { wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import { missRows } from '../../src/cli/miss-rows.ts'
import type { Entry } from '../../src/journal/select.ts'
import { createLedger, type Ledger } from '../../src/misses/ledger.ts'
import { aReceipt } from '../builders/plan.ts'

const who = address(`0x${'a'.repeat(40)}`)
const miss = (blockHash: Hex, logIndex = 1): Miss => ({
  ...{
    outcome: { ...aReceipt().outcomes[0]!, logIndex },
    strategy: 'aave-v3',
    block: 100,
    blockHash,
    why: 'seen-late',
  },
  ...{ because: null, detail: '', since: null, lateBlocks: 1, ours: null, winnerNet: null, outbidBy: null },
  winner: { from: who, to: null, gasUsed: 1n, gas: wei(1n), tip: wei(2n), isTipWhole: true },
})

/** Lives upon one journal, one after the other. */
function journal() {
  const entries: Entry[] = []
  const told: string[] = []
  const append = async (stream: string, record: Rec): Promise<void> =>
    void entries.push({ seq: entries.length + 1, stream, atMs: 0, record })
  const read = async function* (stream: string): AsyncIterable<Rec> {
    for (const entry of entries) if (entry.stream === stream) yield entry.record
  }
  const life = async (): Promise<Ledger> => {
    const ledger = createLedger({
      store: { append, read },
      missed: ({ outcome }) => told.push(`missed ${outcome.logIndex}`),
      takenBack: ({ outcome }) => told.push(`taken back ${outcome.logIndex}`),
    })
    await ledger.restore()
    return ledger
  }
  const undo = (ledger: Ledger, ...hashes: Hex[]): Promise<void> => {
    ledger.undone(hashes)
    return append('undone', { from: 100, to: 100, hashes })
  }
  const tell = async (ledger: Ledger, one: Miss): Promise<void> => (ledger.has(one) ? undefined : ledger.add(one))
  return { life, undo, tell, told, rows: () => missRows(entries).map(({ logIndex }) => logIndex) }
}

describe('the ledger of misses', () => {
  it('knows after a restart what it told before: a block that is given again adds none', async () => {
    const { life, tell, told, rows } = journal()
    await tell(await life(), miss('0x64'))
    const again = await life()
    await tell(again, miss('0x64'))
    await tell(again, miss('0x64', 2))
    expect([rows(), told]).toEqual([
      [1, 2],
      ['missed 1', 'missed 2'],
    ])
  })

  it('takes back what a reorg undid and no more, and tells it again where its block returns', async () => {
    const { life, tell, undo, told, rows } = journal()
    const ledger = await life()
    await tell(ledger, miss('0x64'))
    await tell(ledger, miss('0x65', 2))
    await undo(ledger, '0x64')
    expect(rows()).toEqual([2])
    await tell(ledger, miss('0x64'))
    expect(rows().toSorted()).toEqual([1, 2])
    expect(told).toEqual(['missed 1', 'missed 2', 'taken back 1', 'missed 1'])
  })

  it('does not take back what another life counted, nor hold on to it', async () => {
    const { life, tell, undo, told, rows } = journal()
    await tell(await life(), miss('0x64'))
    const again = await life()
    await undo(again, '0x64')
    expect([rows(), told]).toEqual([[], ['missed 1']])
    expect((await life()).has(miss('0x64'))).toBe(false)
  })
})
