import { fundEther } from '../fund-ether.ts'
import { type Random, randomOf } from '../random.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Call, type Signer, signerOf } from '../signer.ts'
import type { Lendings } from './lendings.ts'
import { drawn, type Holding, type Loan } from './loan.ts'
import type { Dollars } from './price-path.ts'

/** All who borrow, with what is thought of each: the chain's own figures after every liquidation. */
export type Crowd = {
  readonly loans: readonly Loan[]
  readonly holding: (loan: Loan) => Holding
  /** Collateral at the line over debt; infinite where nothing is owed. */
  readonly health: (loan: Loan, prices: Dollars) => number
  /** Into the mempool: one that is not there yet. */
  readonly open: (loan: Loan, prices: Dollars) => Promise<void>
  /** Into the mempool: what those who are awake do in this block. */
  readonly act: (second: number, prices: Dollars, leaps: boolean) => Promise<void>
  /** Asks the chain what it holds now. */
  readonly reread: (loan: Loan) => Promise<void>
}

export function crowdOf(sandbox: Sandbox, lendings: Lendings, loans: readonly Loan[], seed: number): Crowd {
  const random = randomOf(seed ^ 0xc20d)
  const holdings = loans.map((): Holding => ({ collateral: 0, debt: 0 }))
  const signers = new Map<Loan, Signer>()
  const holding = ({ index }: Loan): Holding => holdings[index] ?? { collateral: 0, debt: 0 }
  const send = async (loan: Loan, calls: readonly Call[]): Promise<void> => {
    const signer = signers.get(loan) ?? signerOf(sandbox.rpc, loan.account, sandbox.chainId)
    signers.set(loan, signer)
    await signer.send(...calls)
  }
  const health: Crowd['health'] = (loan, prices) => {
    const { collateral, debt } = holding(loan)
    return debt <= 0 ? Infinity : (collateral * prices[loan.collateral] * loan.line) / (debt * prices[loan.debt])
  }
  const open: Crowd['open'] = async (loan, prices) => {
    const collateral = loan.dollars / prices[loan.collateral]
    const debt = (loan.dollars * drawn(loan)) / prices[loan.debt]
    holdings[loan.index] = { collateral, debt }
    await send(loan, lendings[loan.protocol].open(loan, { collateral, debt }))
  }
  const topUp = async (loan: Loan, part: number): Promise<void> => {
    const more = holding(loan).collateral * part
    holding(loan).collateral += more
    await send(loan, lendings[loan.protocol].topUp(loan, more))
  }
  const repay = async (loan: Loan, part: number): Promise<void> => {
    const less = holding(loan).debt * part
    holding(loan).debt -= less
    await send(loan, lendings[loan.protocol].repay(loan, less))
  }
  const close = async (loan: Loan): Promise<void> => {
    await send(loan, await lendings[loan.protocol].close(loan, holding(loan)))
    holdings[loan.index] = { collateral: 0, debt: 0 }
  }
  return {
    ...{ loans, holding, health, open },
    act: async (second, prices, leaps) => {
      const opening = loans.filter((loan) => loan.opens > 0 && loan.opens <= second && !signers.has(loan))
      for (const loan of opening) await open(loan, prices)
      for (const loan of loans) {
        const near = health(loan, prices)
        // Who is under already is somebody else's.
        if (near === Infinity || near < 1.005 || opening.includes(loan)) continue
        if (loan.manner === 'careful' && near < 1.12 && random.chance(0.25))
          await (random.chance(0.5) ? topUp : repay)(loan, 0.1 + 0.3 * random.fraction())
        if (loan.manner === 'restless' && leaps) await restless(random, loan, { topUp, repay, close })
      }
    },
    reread: async (loan) => {
      holdings[loan.index] = await lendings[loan.protocol].holding(loan, 'latest')
    },
  }
}

type Acts = {
  readonly topUp: (loan: Loan, part: number) => Promise<void>
  readonly repay: (loan: Loan, part: number) => Promise<void>
  readonly close: (loan: Loan) => Promise<void>
}

async function restless(random: Random, loan: Loan, { topUp, repay, close }: Acts): Promise<void> {
  const draw = random.fraction()
  if (draw < 0.01) await topUp(loan, 0.05 + 0.2 * random.fraction())
  else if (draw < 0.02) await repay(loan, 0.05 + 0.4 * random.fraction())
  else if (draw < 0.022) await close(loan)
}

/** Ether for everybody, before the first block of the history. */
export async function fundCrowd(sandbox: Sandbox, loans: readonly Loan[]): Promise<void> {
  await fundEther(
    sandbox.rpc,
    loans.map(({ account }) => account.address),
    10n ** 23n,
  )
}
