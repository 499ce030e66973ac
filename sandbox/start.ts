import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Anvil, type AnvilOptions, startAnvil } from './anvil.ts'
import { assemble } from './assemble.ts'
import { fewPositions } from './borrowers/few.ts'
import { fullPositions } from './borrowers/full.ts'
import { openMany } from './borrowers/many.ts'
import { openBorrowers } from './borrowers/open-borrowers.ts'
import type { Played } from './fixture.ts'
import type { Deployed, Sandbox, SandboxOptions } from './sandbox.ts'
import { testAccount } from './test-account.ts'
import { deployWorld, type World } from './world.ts'

const CHAIN_ID = 31_337
/** Fixed, so that interest, and with it every figure, is the same on every run. */
const GENESIS = 1_780_000_000
/** Twice what one transaction may use. */
export const BLOCK_GAS = 32_000_000n
/** Of the last block of the setting up, which is empty: the next one's is an eighth less, 1 gwei. */
const BASE_FEE = 1_142_857_143n

/**
 * Starts the private chain: anvil, tokens with Chainlink feeds, Aave, Uniswap and Morpho as their npm packages ship
 * them, borrowers, a relay and a counting proxy. Afterwards blocks come only from `mine`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    seed = 1,
    blockSeconds = 12,
    traffic = false,
    onProgress = () => undefined,
    borrowers = 'few',
    aave = ['3.0', '3.6'],
    oracle = {},
    protocols = [],
  } = options
  const anvil = await (options.isRootless === true ? startRootless : startAnvil)({
    ...{ chainId: CHAIN_ID, timestamp: GENESIS, gasLimit: 2_000_000_000n, baseFee: 1n },
    ...(options.states === undefined ? {} : { states: options.states }),
  })
  try {
    const step = counter(onProgress, 5 + aave.length + protocols.length)
    const world = await deployWorld(anvil.rpc, aave, oracle, step)
    step('borrowers')
    const plans =
      borrowers === 'few'
        ? fewPositions
        : borrowers === 'full'
          ? fullPositions(seed)
          : typeof borrowers === 'object'
            ? borrowers
            : []
    const opened = await openBorrowers(world, plans)
    if (typeof borrowers === 'number') await openMany(world, borrowers)
    const deployed: Deployed[] = []
    for (const one of protocols) deployed.push(await put(world, one, borrowers !== 'none', step))
    await settle(anvil.rpc, blockSeconds)
    step('ready')
    return await assemble(anvil, world, opened, deployed, { chainId: CHAIN_ID, blockSeconds, traffic })
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

/** anvil reckons no state roots where its past is another's. */
async function startRootless(options: AnvilOptions): Promise<Anvil> {
  const { chainId, timestamp, gasLimit, baseFee } = options
  const ground = await startAnvil({ chainId, timestamp, gasLimit, baseFee })
  const anvil = await startAnvil({ ...options, fork: { url: ground.url, block: 0 } })
  return {
    ...anvil,
    stop: async () => {
      await anvil.stop()
      await ground.stop()
    },
  }
}

/** @throws `not-found` where there are no contracts to deploy, saying what brings them. */
async function put(
  world: World,
  { fixture, deployment = fixture.deployments[0] }: Played,
  isPopulated: boolean,
  step: (message: string) => void,
): Promise<Deployed> {
  if (deployment === undefined || deployment.absent !== undefined)
    throw new KeeperError('not-found', `${fixture.strategy}: ${deployment?.absent ?? 'its fixture deploys nothing'}`)
  step(deployment.name)
  const addresses = await deployment.deploy(world)
  const borrowers = isPopulated ? ((await deployment.populate?.(world, addresses)) ?? []) : []
  return { strategy: fixture.strategy, config: fixture.config(addresses), addresses, borrowers }
}

/** From here on as on mainnet: nobody is impersonated, blocks have their size, the base fee is a usual one. */
async function settle(rpc: Rpc, blockSeconds: number): Promise<void> {
  await rpc.request('anvil_autoImpersonateAccount', [false])
  await rpc.request('anvil_setBlockTimestampInterval', [blockSeconds])
  await rpc.request('evm_setBlockGasLimit', [`0x${BLOCK_GAS.toString(16)}`])
  await rpc.request('anvil_setCoinbase', [testAccount('builder').address])
  await rpc.request('anvil_setNextBlockBaseFeePerGas', [`0x${BASE_FEE.toString(16)}`])
  await rpc.request('evm_mine', [])
}

function counter(onProgress: NonNullable<SandboxOptions['onProgress']>, total: number): (message: string) => void {
  let done = 0
  return (message) => {
    onProgress(message, done, total)
    done += 1
  }
}
