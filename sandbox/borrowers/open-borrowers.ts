import { fundEther } from '../fund-ether.ts'
import type { Borrower } from '../sandbox.ts'
import { testAccount } from '../test-account.ts'
import { deployer, type World } from '../world.ts'
import { fundBorrower, openPosition } from './open.ts'
import type { PositionPlan } from './position.ts'

/** Opens every position whose version is served, each by a borrower of its own. */
export async function openBorrowers(world: World, plans: readonly PositionPlan[]): Promise<readonly Borrower[]> {
  const { batch, tokens, aaves } = world
  const served = plans.filter(({ version }) => aaves[version] !== undefined)
  const borrowers = served.map(({ label, version }, index) => ({ ...testAccount(`borrower ${index}`), label, version }))
  await fundEther(
    world.rpc,
    borrowers.map((one) => one.address),
    10n ** 20n,
  )
  served.forEach((plan, index) => {
    const who = borrowers[index]
    if (who !== undefined) fundBorrower(batch, deployer, tokens, who.address, plan)
  })
  await batch.flush()
  for (const late of [undefined, true]) {
    served.forEach((plan, index) => {
      const [who, aave] = [borrowers[index], aaves[plan.version]]
      if (plan.late !== late || who === undefined || aave === undefined) return
      openPosition(batch, aave, tokens, who.address, plan)
    })
    await batch.flush()
  }
  return borrowers
}
