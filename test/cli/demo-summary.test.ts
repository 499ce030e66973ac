import { describe, expect, it } from 'vitest'
import type { Liquidation } from '../../src/cli/demo/liquidations.ts'
import type { DemoResult } from '../../src/cli/demo/run-demo.ts'
import { summary, widest } from '../../src/cli/demo/summary.ts'
import { triggerTimes } from '../../src/cli/demo/trigger-times.ts'

const word = (digit: number): string => `0x${String(digit).repeat(40)}`
const both = (units: bigint): { predicted: string; actual: string } => ({
  predicted: units.toString(),
  actual: units.toString(),
})
const symbols = { [word(1)]: { symbol: 'WSTETH', decimals: 18 }, [word(2)]: { symbol: 'USDC', decimals: 6 } }
const leg = (sell: string, buy: string): Liquidation['route'][number] => ({
  venue: 'uniswap-v3',
  pool: word(9),
  sell,
  sold: '1',
  buy,
  bought: both(1n),
})

const liquidation = (over: Partial<Liquidation>): Liquidation => ({
  position: 'aave-v3:1',
  owner: word(7),
  protocol: 'aave-v3',
  revision: '10',
  collateral: word(1),
  debt: word(2),
  repay: both(1_132_430_123_456n),
  seize: both(422_357_000_000_000_000_000n),
  swapOut: both(1n),
  grossProfit: both(1_010_420_065_000_000_000_000n),
  netProfit: both(202_084_013_000_000_000_000n),
  route: [leg(word(1), word(2)), leg(word(2), word(1)), leg(word(1), word(2))],
  funding: [],
  via: 'private',
  trigger: 'head',
  tags: [
    'partial',
    'close-factor-100',
    'collateral-capped',
    'e-mode',
    'same-asset',
    'bad-debt',
    'shared-exit',
    'split',
  ],
  plan: '0xa',
  tx: '0xaa',
  block: 25_000_000,
  isComparable: true,
  readsWhileDeciding: 0,
  ...over,
})

const result = (over: Partial<DemoResult>): DemoResult => ({
  liquidations: [],
  skips: [],
  blocks: 18,
  times: [{ trigger: 'update-landed', count: 3, medianMs: 1.25, maxMs: 20 }],
  profit: '8654661000000000000',
  symbols,
  ...over,
})

const skip = (over: Partial<DemoResult['skips'][number]>): DemoResult['skips'][number] => ({
  position: 'aave-v3:2',
  owner: word(8),
  reason: 'unprofitable',
  detail: 'net -854396142472686 wei',
  block: 26,
  net: '-854396142472686',
  ...over,
})

describe('what the demo ends with', () => {
  it('says a transaction’s profit once, above its liquidations', () => {
    const liquidations = [liquidation({}), liquidation({ position: 'aave-v3:2' }), liquidation({ tx: '0xbb' })]
    const text = summary(result({ liquidations }), [])
    expect(text).toContain('3 liquidations of 2 positions, in 2 transactions;')
    expect(text.match(/gained 1010\.420065 ETH/g)).toHaveLength(2)
    expect(text.match(/1,132,430 USDC/g)).toHaveLength(3)
    expect(text).toContain('net of gas 404.168026 ETH')
  })

  it(`is no wider than ${widest} columns, whatever comes`, () => {
    const liquidations = [
      liquidation({}),
      liquidation({ tx: '0xbb', seize: both(1n), route: [], tags: ['partial', 'close-factor-50', 'e-mode'] }),
    ]
    const skips = [
      skip({}),
      skip({
        reason: 'unproven-revision',
        detail: `no admitted pool leads from ${word(3)} ${'to anything '.repeat(20)}`,
      }),
    ]
    const text = summary(result({ liquidations, skips }), [liquidation({ position: `aave-v3:${word(1)}:${word(2)}` })])
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(widest)
    expect(text).not.toContain('854396142472686')
  })
})

describe('trigger times', () => {
  it('are counted by trigger, with the median and the longest', () => {
    const sent = ([3, 1, 2, 40] as const).map((ms) => ({
      trigger: 'update-landed' as const,
      ns: BigInt(ms) * 1_000_000n,
    }))
    expect(triggerTimes([...sent, { trigger: 'interest', ns: 5_000_000n }])).toEqual([
      { trigger: 'update-landed', count: 4, medianMs: 2, maxMs: 40 },
      { trigger: 'interest', count: 1, medianMs: 5, maxMs: 5 },
    ])
  })

  it('stand in the summary', () => {
    expect(summary(result({}), [])).toMatch(/update-landed +│ +3 +│ +1\.3 +│ +20\.0|update-landed.*3.*1\.3.*20\.0/)
  })
})
