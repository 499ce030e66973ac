import type { Address } from '#core/address.ts'
import { artifactNamed } from '../contracts/compile.ts'
import { multicall3 } from '../src/chain/multicall.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Batch, batchOn, type Contract } from './batch.ts'
import { lend } from './borrowers/open.ts'
import { compiledCode, ownContracts } from './compiled.ts'
import type { Aave, AaveVersion } from './deploy/aave.ts'
import { deployAave30 } from './deploy/aave-30.ts'
import { deployAave36 } from './deploy/aave-36.ts'
import { deployMorpho } from './deploy/morpho.ts'
import { transmitters } from './deploy/oracles.ts'
import { deployTokens, give, type OracleKinds, type Tokens } from './deploy/tokens.ts'
import { deployUniswap, type Uniswap } from './deploy/uniswap.ts'
import { fundEther } from './fund-ether.ts'
import { symbols, type TokenSymbol, tokenData, unitsWorth } from './market-data.ts'
import { firstReport } from './oracle.ts'
import { testAccount } from './test-account.ts'
import { deployTraffic } from './traffic.ts'

/** Keys that everybody can know. */
export const accounts = {
  deployer: testAccount('deployer'),
  operators: [0, 1, 2, 3].map((index) => testAccount(`operator ${index}`)),
  owner: testAccount('owner'),
  sink: testAccount('sink'),
  oracle: testAccount('oracle'),
  trader: testAccount('trader'),
  relaySigner: testAccount('relay signer'),
  traffic: testAccount('traffic'),
}
const lender = testAccount('lender').address
const treasury = testAccount('treasury').address
export const deployer = accounts.deployer.address

/** What is on the chain. */
export type World = {
  readonly batch: Batch
  readonly tokens: Tokens
  readonly aaves: Readonly<Partial<Record<AaveVersion, Aave>>>
  readonly uniswap: Uniswap
  readonly morpho: Contract
  readonly trader: Contract
  readonly traffic: Address
  readonly rpc: Rpc
}

/** All contracts, and the lenders' money in them. */
export async function deployWorld(
  rpc: Rpc,
  versions: readonly AaveVersion[],
  kinds: OracleKinds,
  step: (message: string) => void,
): Promise<World> {
  const { deployer: first, operators, owner, oracle, trader: market, traffic: others } = accounts
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('anvil_setBlockTimestampInterval', [1])
  const rich = [first, owner, oracle, market, others, ...transmitters].map((one) => one.address).concat(lender)
  await fundEther(rpc, rich, 10n ** 25n)
  // What a keeper would put in: guards that watch the gas money have something to watch.
  await fundEther(
    rpc,
    operators.map((one) => one.address),
    10n ** 20n,
  )
  const batch = batchOn(rpc, deployer)
  step('tokens and feeds')
  const own = ownContracts()
  await rpc.request('anvil_setCode', [multicall3, artifactNamed(own, 'StandInMulticall').deployed])
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
  const tokens = deployTokens(batch, own, { deployer, oracle: oracle.address }, kinds, Number(head.timestamp))
  await batch.flush()
  for (const symbol of symbols) await firstPrice(batch, rpc, tokens, symbol)
  const aaves: Partial<Record<AaveVersion, Aave>> = {}
  for (const version of versions) {
    step(`Aave ${version}`)
    aaves[version] = await (version === '3.0' ? deployAave30 : deployAave36)(batch, deployer, treasury, tokens)
  }
  step('Uniswap and Morpho')
  const morpho = deployMorpho(batch, deployer, tokens)
  const trader = batch.deploy(compiledCode(own, 'PoolTrader'))
  const traffic = deployTraffic(batch)
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
  return { batch, tokens, aaves, uniswap, morpho, trader, traffic, rpc }
}

async function firstPrice(batch: Batch, rpc: Rpc, tokens: Tokens, symbol: TokenSymbol): Promise<void> {
  const { oracle } = tokens[symbol]
  const { price } = tokenData[symbol]
  if (oracle.kind === 'flux') batch.call(accounts.oracle.address, oracle.aggregator, 'submit', [1, price])
  if (oracle.kind !== 'ocr2' && oracle.kind !== 'dual') return
  const from = transmitters[0]?.address ?? deployer
  // Through the SVR proxy a primary round would not show for a while.
  const name = oracle.kind === 'dual' ? 'transmitSecondary' : 'transmit'
  batch.call(from, oracle.aggregator, name, await firstReport(rpc, oracle, price))
}
