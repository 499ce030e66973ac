import type { Tier } from '../backtest/chunk-output.ts'
import type { ForcedRow } from '../backtest/force.ts'
import type { PlayedMiss } from '../backtest/ledger.ts'
import type { ActRow, LiquidationRow, PlanRow } from '../backtest/report.ts'
import type { SensitivityRow } from '../backtest/sensitivity.ts'

export const tiers = ['committed', 'hinted'] as const satisfies readonly Tier[]

export const tierWords: Readonly<Record<Tier, { readonly name: string; readonly means: string }>> = {
  committed: {
    name: 'committed-only',
    means: 'Only what blocks show. Every act stands on what was known before its block began: the least to expect.',
  },
  hinted: {
    name: 'hint-known',
    means:
      'As if each oracle update had been seen before its block, and our act placed right behind it. Whether it would have been seen, history cannot show: the most to expect.',
  },
}

export const resultWords: Readonly<Record<LiquidationRow['result'], string>> = {
  captured: 'captured',
  missed: 'missed',
  'after-ours': 'after ours',
  own: 'own',
}
export const resultMeans: Readonly<Record<LiquidationRow['result'], string>> = {
  captured: 'an act of ours would have taken it first',
  missed: 'somebody else took it, for a reason that is told',
  'after-ours': 'on the chain it follows what we would have taken: it would not have been there',
  own: 'taken by this keeper’s own executor at the time',
}

/** Why somebody else had it. */
export const missMeans: Readonly<Record<PlayedMiss, string>> = {
  'market-untracked': 'its market is not followed',
  'position-unknown': 'not in the book before its block',
  'seen-late': 'above the line until its own block',
  overlooked: 'the protocol called it liquidatable before its block, and we did not',
  outbid: 'ours was there, and the winner paid no less for the place',
  'not-included': 'ours was sent, bid more, and was not included',
  'taken-before': 'taken ahead of our place in the block, or before ours could land',
  'judged-unprofitable': 'the best plan would have left less than the minimum',
  'judged-closed': 'we took the protocol for closed',
  'no-way': 'no exit, no lender, or too much gas for one transaction',
  'held-back': 'set aside: being read again, cooling off, or a strategy failed',
  'guard-open': 'a guard was open, or found the gain too good',
  'not-sent': 'worth acting on, and nothing would have left',
  'liquidity-spent': 'a pool of its exit was ours a moment before: not believed twice',
  refuted: 'run on the chain’s own state, our act did not do what was foreseen',
}
export const missMeaning = (reason: string): string => (missMeans as Readonly<Record<string, string>>)[reason] ?? ''

export const fateMeans: Readonly<Record<ActRow['fate'], string>> = {
  won: 'nobody took it before, and nobody bid as much',
  outbid: 'somebody bid as much or more in that block',
  'taken-before': 'taken ahead of our place',
  'joined-with-ours': 'about a position that was ours already, among others',
  'lane-busy': 'every lane had another act in that block',
  'too-late': 'above the line by the time it would have landed',
  'liquidity-spent': 'a pool of its exit was ours a moment before',
  'gas-limit': 'more gas than a transaction may have',
  refuted: 'the chain did not bear it out',
}

export const changeWords: Readonly<Record<SensitivityRow['of'], string>> = {
  gas: 'gas costs so many times as much',
  tip: 'so much of what is left goes to the builder',
  latency: 'acts land so much later',
  liquidity: 'pools are so much shallower',
}

export const forcedMeans: Readonly<Record<ForcedRow['outcome'], string>> = {
  lost: 'the executor itself says that it fell short',
  short: 'it did not gain what it had borrowed',
  paid: 'it left what was demanded: left out wrongly',
  reverted: 'for another reason',
}

export const termWords: Readonly<Record<keyof PlanRow['sum'], string>> = {
  swapOut: 'swaps of the exit',
  rewards: 'rewards',
  repay: 'repaid',
  flashFee: 'flash loan’s fee',
  gas: 'gas',
  dataFee: 'data fee',
  tip: 'tip',
  net: 'net',
}

/** In the order in which questions come. */
export const sectionNames = {
  profit: 'Profit over time',
  capture: 'Capture',
  misses: 'Misses',
  shares: 'Protocols and triggers',
  parity: 'Parity with winners',
  changes: 'Had it been otherwise',
  sweep: 'A setting, swept',
  forced: 'Left as unprofitable, and forced',
  liquidations: 'Every liquidation',
  acts: 'Acts',
  said: 'What was said',
  faults: 'Faults',
} as const

export const lead = {
  parity:
    'Each winner’s transaction, solved again by us where it stood and for its positions alone: what we would have had before bids, of what the winner had.',
  changes:
    'The plans that were made, with one thing changed: sizes and routes are kept as they were, nothing is run on the chain’s own state.',
  forced:
    'Plans that were left as unprofitable, drawn at random and sent all the same where they would have stood: each has to fall short.',
  noFaults: 'None: nothing failed on the way.',
  faults: 'What failed on the way; the figures may lack what it was about.',
} as const
