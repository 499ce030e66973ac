import { KeeperError } from '#core/error.ts'
import { fixtureOf } from '../fixtures.ts'
import { startSandbox } from '../start.ts'
import { carelessLoans } from './careless-loans.ts'
import { crowdOf } from './crowd.ts'
import { gasOf } from './gas.ts'
import { guardianOf, nobody } from './guardian.ts'
import type { History, HistoryOptions } from './history.ts'
import { lendingsOf } from './lendings.ts'
import { live } from './live.ts'
import { planLoans } from './loan.ts'
import { UNTRACKED } from './morpho-markets.ts'
import { prepare } from './prepare.ts'
import { pricePath } from './price-path.ts'
import { quietBlocks } from './quiet-blocks.ts'
import { rivalsOf, threeRivals } from './rivals.ts'
import { everySlot, scheduleOf } from './schedule.ts'
import { trackedOnly } from './tracked-only.ts'

const BLOCK_SECONDS = 12

/**
 * Starts a sandbox and lives through days with a crash in them: prices on a path, oracles and pools that follow, borrowers
 * who act, rivals who liquidate, gas that spikes. The same seed and options give the same blocks, to the hash of the head.
 * The chain keeps running, with the states of all its blocks in memory.
 * @throws `not-found` where Morpho's fixture is not there, and what a sandbox throws.
 */
export async function generateHistory(options: HistoryOptions = {}): Promise<History> {
  const { seed = 1, days = 30, blocks = 1_500, borrowers = 120, rivals: skills = threeRivals } = options
  const { calmGwei = 2, gasSpike = 60, onProgress = () => undefined, onBlock = () => undefined } = options
  const together = options.quietTogether ?? null
  const started = performance.now()
  const fixture = await fixtureOf('morpho-blue')
  if (fixture === null) throw new KeeperError('not-found', 'strategies/morpho-blue has no fixture')
  const sandbox = await startSandbox({
    ...{ seed, borrowers: 'none', blockSeconds: BLOCK_SECONDS, traffic: true },
    ...(together === null ? { states: blocks + 2_000 } : { states: options.states ?? 0, isRootless: true }),
    ...{ protocols: [{ fixture }], onProgress },
  })
  try {
    const protocols = { 'morpho-blue': [trackedOnly(sandbox, UNTRACKED)] }
    await options.onDeployed?.(sandbox, protocols)
    const path = pricePath(seed, days, options.shape)
    const slots = together === null ? scheduleOf(seed, days, blocks, BLOCK_SECONDS, path) : everySlot(blocks)
    const lendings = lendingsOf(sandbox)
    const planned = planLoans(seed, borrowers, days * 86_400)
    const loans = [...planned, ...carelessLoans(planned.length)]
    const rivals = rivalsOf(sandbox, skills, seed, planned.length)
    const crowd = crowdOf(sandbox, lendings, loans, seed)
    await prepare(sandbox, lendings, crowd, rivals, path)
    const gas = gasOf(path, calmGwei, gasSpike)
    const guardian = options.hasGuardian === true ? guardianOf(sandbox, slots, path) : nobody
    const quiet = together === null ? null : { mine: quietBlocks(sandbox, BLOCK_SECONDS), together }
    const life = { sandbox, path, slots, lendings, crowd, rivals, gas, guardian, quiet }
    const lived = await live({ ...life, onProgress, onBlock })
    return { sandbox, path, protocols, ...lived, seconds: (performance.now() - started) / 1_000 }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}
