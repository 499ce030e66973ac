import { address } from '#core/address.ts'
import { marketId, positionId } from '#core/book.ts'
import { amount, wei } from '#core/numbers.ts'
import type { Plan, Sum } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'

const ether = 10n ** 18n

/** A sum whose terms add up: what is given replaces, `net` follows. */
export function aSum(given: Partial<Record<keyof Sum, bigint>> = {}): Sum {
  const parts = {
    swapOut: 21n * ether,
    rewards: 0n,
    repay: -20n * ether,
    flashFee: 0n,
    gas: -ether / 100n,
    dataFee: 0n,
    tip: 0n,
    ...given,
  }
  const { swapOut, rewards, repay, flashFee, gas, dataFee, tip } = parts
  const net = given.net ?? swapOut + rewards + repay + flashFee + gas + dataFee + tip
  return Object.fromEntries(Object.entries({ ...parts, net }).map(([key, value]) => [key, wei(value)])) as Sum
}

/** One step of a plan of several: its market, the bonus it tells, and what it repays and gets. */
export type GivenStep = {
  readonly market: string
  readonly bonusBps?: bigint
  readonly repaid: bigint
  readonly got: bigint
}

/** A plan of several, one in each market; it gains what they get beyond what they repay. */
export function aJointPlan(...given: readonly GivenStep[]): Plan {
  const plans = given.map(({ market, bonusBps }) => aPlan({ market, ...(bonusBps === undefined ? {} : { bonusBps }) }))
  const all = (part: 'repaid' | 'got'): bigint => given.reduce((sum, one) => sum + one[part], 0n)
  return {
    ...aPlan({ sum: aSum({ swapOut: all('got'), repay: -all('repaid') }) }),
    steps: plans.flatMap(({ steps }) => steps),
    worths: given.map(({ repaid, got }) => ({ repaid: wei(repaid), got: wei(got), rewards: wei(0n) })),
  }
}

/** A plan of one liquidation in one market, worth 5 % of 20 ether before gas. */
export function aPlan(given: { id?: string; market?: string; sum?: Sum; bonusBps?: bigint } = {}): Plan {
  const market = marketId(given.market ?? 'aave-v3:main')
  const opportunity = {
    id: 'liquidate 0xaa',
    kind: 'liquidate',
    market,
    positions: [positionId('aave-v3:0xaa')],
    pays: null,
    gets: [],
    capital: 'before' as const,
    feasible: null,
    data: given.bonusBps === undefined ? {} : { bonusBps: given.bonusBps },
  }
  const terms = { repay: amount(1n), seized: [], rewards: [], badDebt: amount(0n), tags: [], after: [] }
  return {
    id: given.id ?? 'plan-1',
    strategy: 'aave-v3',
    trigger: 'head',
    block: { number: 100, timestamp: 1_700_000_000, baseFee: wei(10n ** 9n), parentHash: '0x01' },
    steps: [{ opportunity, input: 1n, terms }],
    worths: [{ repaid: wei(20n * ether), got: wei(21n * ether), rewards: wei(0n) }],
    legs: [],
    funding: [],
    sum: given.sum ?? aSum(),
    shape: 'one',
    gasUnits: 500_000,
    program: [],
    before: [],
  }
}

export function aReceipt(given: Partial<Receipt> = {}): Receipt {
  const outcome = {
    kind: 'liquidate',
    market: marketId('aave-v3:main'),
    position: positionId('aave-v3:0xaa'),
    by: address('0x5FbDB2315678afecb367f032d93F642f64180aa3'),
    transactionHash: '0x77' as const,
    logIndex: 1,
    repaid: null,
    seized: [],
    badDebt: amount(0n),
  }
  return {
    plan: 'plan-1',
    transactionHash: '0x77',
    block: 101,
    status: 'included',
    outcomes: [outcome],
    actual: aSum(),
    repaid: [{ market: marketId('aave-v3:main'), amount: wei(20n * ether) }],
    ...given,
  }
}
