import { compiledCode, ownContracts } from '../compiled.ts'
import { deployer, type World } from '../world.ts'

/** As many as fit into the gas limit of one transaction, with room to spare. */
const EACH = 20

/**
 * Opens so many simple positions (WSTETH against USDC, health factor about 1.46), spread over the versions, quickly:
 * for tests that count calls. Nobody holds a key to them.
 */
export async function openMany(world: World, count: number): Promise<void> {
  const { batch, tokens, aaves } = world
  const opener = batch.deploy(compiledCode(ownContracts(), 'Borrowers'))
  const pools = Object.values(aaves)
  const [collateral, debt] = [tokens.WSTETH.address, tokens.USDC.address]
  const rounds = Math.ceil(count / EACH)
  for (let round = 0; round < rounds; round += 1) {
    const pool = pools[round % pools.length]
    if (pool === undefined) return
    const many = Math.min(EACH, count - round * EACH)
    const amounts = [10n ** 18n, debt, 2_000_000_000n - BigInt(round), many]
    batch.call(deployer, opener, 'open', [pool.pool.address, collateral, ...amounts])
  }
  await batch.flush()
}
