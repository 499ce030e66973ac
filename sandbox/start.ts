import { type Address, address } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Anvil, startAnvil } from './anvil.ts'
import { type Batch, batchOn, type Contract } from './batch.ts'
import { fewPositions } from './borrowers/few.ts'
import { fundBorrower, lend, openPosition } from './borrowers/open.ts'
import type { PositionPlan } from './borrowers/position.ts'
import { compiledCode, ownContracts } from './compiled.ts'
import { type Aave, type AaveAddresses, type AaveVersion, aaveAddresses } from './deploy/aave.ts'
import { deployAave30 } from './deploy/aave-30.ts'
import { deployAave36 } from './deploy/aave-36.ts'
import { deployMorpho } from './deploy/morpho.ts'
import { deployTokens, give, type Tokens } from './deploy/tokens.ts'
import { deployUniswap, type Uniswap } from './deploy/uniswap.ts'
import { symbols, type TokenSymbol, tokenData, unitsWorth } from './market-data.ts'
import { priceSetter } from './oracle.ts'
import { poolMover } from './pool-mover.ts'
import { startProxy } from './proxy.ts'
import type { Borrower, Sandbox, SandboxOptions, TokenAddresses } from './sandbox.ts'
import { signerOf } from './signer.ts'
import { testAccount } from './test-account.ts'

const CHAIN_ID = 31_337
/** Fixed, so that interest, and with it every figure, is the same on every run. */
const GENESIS = 1_780_000_000
const BLOCK_GAS = 60_000_000n
const BASE_FEE = 1_000_000_000n

/**
 * Starts the private chain: anvil, tokens with Chainlink feeds, Aave, Uniswap and Morpho as their npm packages ship
 * them, borrowers, a relay and a counting proxy. Afterwards blocks come only from `mine`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { blockSeconds = 12, onProgress = () => undefined, borrowers = 'few', aave = ['3.0', '3.6'] } = options
  const anvil = await startAnvil({ chainId: CHAIN_ID, timestamp: GENESIS, gasLimit: 2_000_000_000n, baseFee: 1n })
  try {
    const step = counter(onProgress, 5 + aave.length)
    const world = await deployWorld(anvil.rpc, aave, step)
    step('borrowers')
    const plans = borrowers === 'none' ? [] : fewPositions
    const opened = await openBorrowers(world, plans)
    await settle(anvil.rpc)
    step('ready')
    return await assemble(anvil, world, opened, blockSeconds)
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

const accounts = {
  deployer: testAccount('deployer'),
  operators: [0, 1, 2, 3].map((index) => testAccount(`operator ${index}`)),
  owner: testAccount('owner'),
  sink: testAccount('sink'),
  oracle: testAccount('oracle'),
  trader: testAccount('trader'),
  relaySigner: testAccount('relay signer'),
}
const lender = testAccount('lender').address
const treasury = testAccount('treasury').address
const deployer = accounts.deployer.address

type World = {
  readonly batch: Batch
  readonly tokens: Tokens
  readonly aaves: Readonly<Partial<Record<AaveVersion, Aave>>>
  readonly uniswap: Uniswap
  readonly morpho: Contract
  readonly trader: Contract
  readonly rpc: Rpc
}

async function deployWorld(
  rpc: Rpc,
  versions: readonly AaveVersion[],
  step: (message: string) => void,
): Promise<World> {
  const { deployer: first, operators, owner, oracle, trader: market } = accounts
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('anvil_setBlockTimestampInterval', [1])
  const rich = [first, ...operators, owner, oracle, market].map((one) => one.address).concat(lender)
  await fundEther(rpc, rich, 10n ** 25n)
  const batch = batchOn(rpc, deployer)
  step('tokens and feeds')
  const own = ownContracts()
  const tokens = deployTokens(batch, own, deployer, oracle.address)
  await batch.flush()
  for (const symbol of symbols)
    batch.call(oracle.address, tokens[symbol].aggregatorContract, 'submit', [1, tokenData[symbol].price])
  const aaves: Partial<Record<AaveVersion, Aave>> = {}
  for (const version of versions) {
    step(`Aave ${version}`)
    aaves[version] = await (version === '3.0' ? deployAave30 : deployAave36)(batch, deployer, treasury, tokens)
  }
  step('Uniswap and Morpho')
  const morpho = deployMorpho(batch, deployer, tokens)
  const trader = batch.deploy(compiledCode(own, 'PoolTrader'))
  for (const symbol of symbols) {
    const { price, decimals } = tokenData[symbol]
    give(batch, deployer, tokens[symbol], trader.address, unitsWorth(100e6, decimals, price))
  }
  const uniswap = await deployUniswap(batch, deployer, tokens)
  step('lenders')
  const { supply } = lend(batch, deployer, lender, tokens, aaves)
  await batch.flush()
  supply()
  await batch.flush()
  return { batch, tokens, aaves, uniswap, morpho, trader, rpc }
}

async function openBorrowers(world: World, plans: readonly PositionPlan[]): Promise<readonly Borrower[]> {
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
  served.forEach((plan, index) => {
    const [who, aave] = [borrowers[index], aaves[plan.version]]
    if (who !== undefined && aave !== undefined) openPosition(batch, aave, tokens, who.address, plan)
  })
  await batch.flush()
  return borrowers
}

/** From here on as on mainnet: nobody is impersonated, blocks have their size, the base fee is a usual one. */
async function settle(rpc: Rpc): Promise<void> {
  await rpc.request('anvil_autoImpersonateAccount', [false])
  await rpc.request('evm_setBlockGasLimit', [`0x${BLOCK_GAS.toString(16)}`])
  await rpc.request('anvil_setCoinbase', [testAccount('builder').address])
  await rpc.request('anvil_setNextBlockBaseFeePerGas', [`0x${BASE_FEE.toString(16)}`])
  await rpc.request('evm_mine', [])
}

async function fundEther(rpc: Rpc, who: readonly Address[], wei: bigint): Promise<void> {
  await rpc.batch(who.map((one) => ({ method: 'anvil_setBalance', params: [one, `0x${wei.toString(16)}`] })))
}

function counter(onProgress: NonNullable<SandboxOptions['onProgress']>, total: number): (message: string) => void {
  let done = 0
  return (message) => {
    onProgress(message, done, total)
    done += 1
  }
}

async function assemble(
  anvil: Anvil,
  world: World,
  borrowers: readonly Borrower[],
  blockSeconds: number,
): Promise<Sandbox> {
  const { rpc } = anvil
  const { tokens, uniswap, aaves, morpho, trader } = world
  const proxy = await startProxy(anvil.url, async () => undefined)
  const signer = (account: (typeof accounts)['oracle']) => signerOf(rpc, account, CHAIN_ID)
  const counts = proxy.counts
  return {
    chainId: CHAIN_ID,
    nodeUrl: anvil.url,
    rpcUrl: proxy.url,
    relayUrl: '',
    counts,
    sends: () =>
      Object.entries(counts()).reduce((sum, [method, count]) => sum + (method.startsWith('eth_send') ? count : 0), 0),
    accounts: { ...accounts, borrowers },
    addresses: {
      tokens: tokenAddresses(tokens),
      aave: aaveTable(aaves),
      uniswapV3: uniswap.v3,
      uniswapV2: uniswap.v2,
      morpho: morpho.address,
      weth: tokens.WETH.address,
      poolTrader: trader.address,
    },
    setPrice: priceSetter(rpc, tokens, signer(accounts.oracle)),
    movePools: poolMover(tokens, uniswap, trader, signer(accounts.trader)),
    mine: async ({ timestamp } = {}) => {
      const parent = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
      await rpc.request('evm_setNextBlockTimestamp', [timestamp ?? Number(parent.timestamp) + blockSeconds])
      await rpc.request('evm_mine', [])
      const block = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as Record<string, string>
      return { number: Number(block.number), hash: block.hash as `0x${string}`, timestamp: Number(block.timestamp) }
    },
    proxy,
    rpc,
    stop: async () => {
      await proxy.stop()
      await anvil.stop()
    },
  }
}

const tokenAddresses = (tokens: Tokens): Record<TokenSymbol, TokenAddresses> =>
  Object.fromEntries(
    symbols.map((symbol) => {
      const { address: at, decimals, feed, aggregator } = tokens[symbol]
      return [symbol, { address: at, decimals, feed, aggregator }]
    }),
  ) as Record<TokenSymbol, TokenAddresses>

const nowhere = address(`0x${'0'.repeat(40)}`)
const absent: AaveAddresses = {
  provider: nowhere,
  pool: nowhere,
  oracle: nowhere,
  dataProvider: nowhere,
  configurator: nowhere,
  acl: nowhere,
}
const aaveTable = (aaves: World['aaves']): Record<AaveVersion, AaveAddresses> => ({
  '3.0': aaves['3.0'] === undefined ? absent : aaveAddresses(aaves['3.0']),
  '3.6': aaves['3.6'] === undefined ? absent : aaveAddresses(aaves['3.6']),
})
