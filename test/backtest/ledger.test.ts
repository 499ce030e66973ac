import { describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import { wei } from '#core/numbers.ts'
import type { Act, ChunkOutput, Taken } from '../../src/backtest/chunk-output.ts'
import { type Ledger, play, type Rules } from '../../src/backtest/ledger.ts'
import { transactionGasLimit } from '../../src/execution/sign.ts'

const nobody = `0x${'11'.repeat(20)}` as Address
const rules: Rules = {
  ...{ tier: 'committed', lanes: 2, gasLimit: transactionGasLimit, poolRestBlocks: 2, latencyBlocks: 0 },
  proof: () => null,
}

function act(
  block: number,
  positions: readonly string[],
  more: { net?: bigint; bid?: bigint; pool?: string } = {},
): Act {
  const { net = 100n, bid = 50n, pool = `pool of ${positions}` } = more
  const none = wei(0n)
  const sum = { swapOut: wei(net), rewards: none, repay: none, flashFee: none, gas: none, dataFee: none, tip: none }
  const leg = { venue: 'v', pool, sell: 'a', sold: 1n, buy: 'b', bought: 1n }
  return {
    ...{ block, timestamp: block * 12, tier: 'committed', behind: [], place: -1, impact: none, data: '0x' },
    ...{ foreseen: { timestamp: block * 12, baseFee: none }, gasLimit: 1_000_000 },
    plan: {
      ...{
        id: `${block} ${positions} ${net}`,
        strategy: 's',
        trigger: 'head',
        positions,
        gasUnits: 500_000,
        shape: '',
      },
      ...{ sum: { ...sum, net: wei(net) }, bid: wei(bid), legs: [leg], repaid: [], seized: [] },
    },
  }
}

function taken(block: number, position: string, bid = 20n): Taken {
  const hash = `0x${block}` as Hex
  return {
    ...{ block, timestamp: block * 12, logIndex: 0, strategy: 's', kind: 'liquidate', market: 'm', position },
    ...{
      isMarketKnown: true,
      isPositionKnown: true,
      wasLiquidatable: null,
      by: nobody,
      isOwn: false,
      repaid: null,
      seized: [],
      badDebt: 0n,
    },
    winner: {
      ...{ transactionHash: hash, transactionIndex: 3, from: nobody, to: null, liquidations: 1, gasUsed: 400_000 },
      ...{ baseFee: wei(0n), bid: wei(bid), isBidWhole: true, flows: [], gain: wei(90n), legs: [] },
    },
    ...{ committed: null, hinted: null, solved: { plan: null, reason: null, detail: '' } },
  }
}

const chunk = (acts: readonly Act[], those: readonly Taken[] = [], below: ChunkOutput['below'] = []): ChunkOutput => ({
  ...{
    range: { from: 1, to: 100 },
    positions: 1,
    tokens: [],
    acts,
    taken: those,
    left: [],
    below,
    reasons: {},
    faults: [],
  },
})
const fates = ({ played }: Ledger): readonly string[] => played.map(({ block, fate }) => `${block} ${fate}`)
const results = ({ settled }: Ledger): readonly string[] =>
  settled.map(({ result, why }) => (why === null ? result : `${result}: ${why}`))

describe('the ledger of a backtest', () => {
  it('gives a position once, to us or to whoever bids more', () => {
    const run = { position: 'p', strategy: 's', from: 5, to: 7 }
    const ours = play([chunk([act(5, ['p']), act(6, ['p'])], [taken(7, 'p')], [run])], rules)
    expect(fates(ours)).toEqual(['5 won'])
    expect(results(ours)).toEqual(['captured'])
    const equal = play([chunk([act(7, ['p'])], [taken(7, 'p', 50n)], [run])], rules)
    expect([fates(equal), results(equal)]).toEqual([['7 outbid'], ['missed: outbid']])
    const more = play([chunk([act(7, ['p'])], [taken(7, 'p', 49n)], [run])], rules)
    expect([fates(more), results(more)]).toEqual([['7 won'], ['captured']])
  })

  it('counts what lies behind our act as of a world without us', () => {
    const run = { position: 'p', strategy: 's', from: 5, to: 9 }
    const two = play([chunk([act(5, ['p'])], [taken(6, 'p'), taken(8, 'p')], [run])], rules)
    expect(results(two)).toEqual(['captured', 'after-ours'])
  })

  it('lets a position be taken again once it was above the line', () => {
    const runs = [5, 20].map((from) => ({ position: 'p', strategy: 's', from, to: from + 2 }))
    expect(fates(play([chunk([act(5, ['p']), act(6, ['p']), act(20, ['p'])], [], runs)], rules))).toEqual([
      '5 won',
      '20 won',
    ])
  })

  it('believes no pool used twice, in a block or before it has come back', () => {
    const pool = { pool: 'shared' }
    const acts = [act(5, ['p'], { ...pool, net: 200n }), act(5, ['q'], pool), act(7, ['r'], pool), act(8, ['s'], pool)]
    expect(fates(play([chunk(acts)], rules))).toEqual(['5 won', '5 liquidity-spent', '7 liquidity-spent', '8 won'])
  })

  it('has one nonce a lane: the least of three acts finds none', () => {
    const acts = [act(5, ['p']), act(5, ['q'], { net: 300n }), act(5, ['r'], { net: 200n })]
    expect(play([chunk(acts)], rules).played.map(({ act: { plan }, fate }) => `${plan.positions} ${fate}`)).toEqual([
      'q won',
      'r won',
      'p lane-busy',
    ])
  })

  it('loses to who stands before its place, and to what the chain says', () => {
    const behind = { ...act(5, ['p']), place: 4 }
    expect(fates(play([chunk([behind], [taken(5, 'p')])], rules))).toEqual(['5 taken-before'])
    const refuted = play([chunk([act(5, ['p'])])], {
      ...rules,
      proof: () => ({ status: 'reverted', why: '', gasUsed: 1 }),
    })
    expect(fates(refuted)).toEqual(['5 refuted'])
  })

  it('late, loses to who was there before, and to who is above the line by then', () => {
    const late = { ...rules, latencyBlocks: 2 }
    const run = { position: 'p', strategy: 's', from: 5, to: 6 }
    expect(fates(play([chunk([act(5, ['p'])], [taken(6, 'p')], [run])], late))).toEqual(['7 taken-before'])
    expect(fates(play([chunk([act(5, ['p'])], [], [run])], late))).toEqual(['7 too-late'])
  })

  it('needs more for each gas too, where ours was measured', () => {
    const proof = { status: 'included', gained: wei(100n), tip: wei(30n), net: wei(50n), differs: [] } as const
    const bidding = (bid: bigint, gasUsed: number): readonly string[] =>
      fates(
        play([chunk([act(5, ['p'])], [taken(5, 'p')])], {
          ...rules,
          proof: () => ({ ...proof, bid: wei(bid), gasUsed }),
        }),
      )
    expect(bidding(30n, 500_000)).toEqual(['5 won'])
    expect(bidding(30n, 700_000)).toEqual(['5 outbid'])
  })

  it('sees no more by being cut: runs that go on in the next chunk are one', () => {
    const cut = [
      chunk([act(5, ['p'])], [], [{ position: 'p', strategy: 's', from: 5, to: 9 }]),
      chunk([act(10, ['p'])], [taken(12, 'p')], [{ position: 'p', strategy: 's', from: 10, to: 12 }]),
    ]
    const { played, settled } = play(cut, rules)
    expect(played.map(({ block }) => block)).toEqual([5])
    expect(settled.map(({ result, since }) => [result, since])).toEqual([['captured', 5]])
  })
})
