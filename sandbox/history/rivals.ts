import { symbols, tokenData } from '../market-data.ts'
import { type Random, randomOf } from '../random.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Call, type Signer, signerOf } from '../signer.ts'
import { type TestAccount, testAccount } from '../test-account.ts'
import type { CloseFactor } from './lending.ts'
import type { Lendings } from './lendings.ts'
import { type Holding, type Loan, type Protocol, unitsOf } from './loan.ts'
import { morphoMarkets } from './morpho-markets.ts'
import type { Dollars } from './price-path.ts'
import { approveCall, mintCall } from './purse.ts'

/** How good a rival is. */
export type Skill = {
  readonly name: string
  /** 0: behind the oracle's transaction, in its block; 1: in the block after. Drawn between the two for each position. */
  readonly latencyBlocks: readonly [least: number, most: number]
  readonly serves: readonly Protocol[]
  readonly closeFactor: CloseFactor
  /** Of the profit after gas, paid as priority fee: drawn between the two for each position. */
  readonly tipShare: readonly [least: number, most: number]
  /** Of the positions it could take, those it looks after. */
  readonly attention: number
  /** Dollars after gas below which it stays away. */
  readonly leastProfit: number
}

export const threeRivals: readonly Skill[] = [
  {
    ...{ name: 'swift', latencyBlocks: [0, 1], serves: ['aave-3.6', 'morpho'], closeFactor: 'full' },
    ...{ tipShare: [0.8, 0.95], attention: 0.5, leastProfit: 5 },
  },
  {
    ...{ name: 'steady', latencyBlocks: [1, 2], serves: ['aave-3.0', 'aave-3.6'], closeFactor: 'full' },
    ...{ tipShare: [0.4, 0.95], attention: 0.6, leastProfit: 10 },
  },
  // Takes what does not pay, and pays too much for it.
  {
    ...{ name: 'lavish', latencyBlocks: [2, 4], serves: ['aave-3.0', 'aave-3.6', 'morpho'], closeFactor: 'half' },
    ...{ tipShare: [0.9, 1.3], attention: 0.6, leastProfit: Number.NEGATIVE_INFINITY },
  },
]

/** Takes what the others leave, whatever it costs: so that nobody stands below the line for long. */
export const sweeper: Skill = {
  ...{ name: 'sweeper', latencyBlocks: [3, 5], serves: ['aave-3.0', 'aave-3.6', 'morpho'], closeFactor: 'full' },
  ...{ tipShare: [0.2, 0.6], attention: 1, leastProfit: Number.NEGATIVE_INFINITY },
}

export type Bid = {
  readonly rival: string
  readonly loan: Loan
  readonly call: Call
  /** Wei for each gas. */
  readonly tip: bigint
  /** Dollars, before tip and after gas. */
  readonly profit: number
}
export type Rival = {
  readonly skill: Skill
  readonly account: TestAccount
  readonly signer: Signer
  readonly watches: (loan: Loan) => boolean
  /** What it thinks of a position. */
  readonly mind: (loan: Loan) => Mind
}
type Mind = { readonly attends: boolean; readonly share: number; readonly latency: number }

/** What each looks after is drawn for so many loans; what comes behind them, all do at once. */
export function rivalsOf(sandbox: Sandbox, skills: readonly Skill[], seed: number, loans: number): readonly Rival[] {
  return skills.map((skill, at) => {
    const account = testAccount(`rival ${skill.name}`)
    const random = randomOf(seed ^ (0x71fa1 + at))
    const minds = Array.from({ length: loans }, () => mindOf(random, skill))
    const mind = ({ index }: Loan): Mind => minds[index] ?? { attends: true, share: 1, latency: 0 }
    return {
      ...{ skill, account, signer: signerOf(sandbox.rpc, account, sandbox.chainId) },
      watches: (loan) => skill.serves.includes(loan.protocol) && mind(loan).attends,
      mind,
    }
  })
}

function mindOf(random: Random, { attention, tipShare, latencyBlocks }: Skill): Mind {
  return {
    attends: random.chance(attention),
    share: tipShare[0] + (tipShare[1] - tipShare[0]) * random.fraction(),
    latency: random.whole(...latencyBlocks),
  }
}

/** Own funds of everything, and allowances to every protocol, into the mempool. */
export async function fundRival(sandbox: Sandbox, rival: Rival, lendings: Lendings): Promise<void> {
  const spenders = Object.values(lendings).map(({ spender }) => spender)
  for (const symbol of symbols) {
    const units = unitsOf(symbol, (200e6 / Number(tokenData[symbol].price)) * 1e8)
    const calls = spenders.map((spender) => approveCall(sandbox, symbol, spender, 2n ** 256n - 1n))
    await rival.signer.send(mintCall(sandbox, symbol, rival.account.address, units), ...calls)
  }
}

const LEAST_TIP = 2_000_000_000n

/** What a rival offers for a loan that is under: `null` where it stays away, or where the chain refuses it. */
export async function bidOf(
  sandbox: Sandbox,
  rival: Rival,
  loan: Loan,
  holding: Holding,
  lendings: Lendings,
  market: { readonly prices: Dollars; readonly baseFee: bigint },
): Promise<Bid | null> {
  const { skill, account } = rival
  for (const { call, repays, gas } of await lendings[loan.protocol].liquidate(loan, skill.closeFactor, holding)) {
    const bonus = bonusOf(loan)
    const most = (holding.collateral * market.prices[loan.collateral]) / (1 + bonus)
    const cost = ((gas * Number(market.baseFee)) / 1e18) * market.prices.WETH
    const profit = Math.min(repays * market.prices[loan.debt], most) * bonus - cost
    if (profit < skill.leastProfit) return null
    const works = await sandbox.rpc
      .request('eth_call', [{ from: account.address, to: call.to, data: call.data }, 'pending'])
      .then(
        () => true,
        () => false,
      )
    if (!works) continue
    const share = BigInt(Math.max(0, Math.round((profit * rival.mind(loan).share * 1e18) / market.prices.WETH / gas)))
    const tip = share > LEAST_TIP ? share : LEAST_TIP
    return { rival: skill.name, loan, call: { ...call, tip }, tip, profit }
  }
  return null
}

/** A part of what is repaid: Aave's as it states it, less what it keeps; Morpho's by its formula. */
function bonusOf({ protocol, market, collateral, emode }: Loan): number {
  if (protocol === 'morpho') return Math.min(0.15, 1 / (0.3 * ((morphoMarkets[market]?.lltv ?? 0) / 100) + 0.7) - 1)
  return ((emode === 2 ? 10_150 : tokenData[collateral].reserve.bonus) / 1e4 - 1) * 0.9
}
