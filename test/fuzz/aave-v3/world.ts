import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AbiCoder, Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { type Artifact, artifactNamed, compile, projectRoot } from '../../../contracts/compile.ts'
import type { AaveVersion } from '../../../sandbox/deploy/aave.ts'
import { emodes, symbols, type TokenSymbol, tokenData, unitsWorth } from '../../../sandbox/market-data.ts'
import type { Random } from '../../../sandbox/random.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { startSandbox } from '../../../sandbox/start.ts'
import { type FuzzPlan, randomPlan } from './positions.ts'
import { impersonated, type Sender } from './sender.ts'

export type FuzzWorld = {
  readonly sandbox: Sandbox
  readonly prober: Address
  readonly proberAbi: Interface
  /** What the oracles read of each asset; its answer is storage slot 0. */
  readonly sources: ReadonlyMap<Address, Address>
}

const self = `0x${(0x5e1f).toString(16).padStart(40, '0')}`
const pool = new Interface([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referral)',
  'function borrow(address asset, uint256 amount, uint256 mode, uint16 referral, address onBehalfOf)',
  'function setUserEMode(uint8 id)',
])
const token = new Interface([
  'function approve(address spender, uint256 units)',
  'function mint(address to, uint256 units)',
  'function deposit() payable',
  'function transfer(address to, uint256 units)',
])
const oracle = new Interface(['function setAssetSources(address[] assets, address[] sources)'])
const configurator = new Interface([
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 threshold, uint256 bonus)',
  'function setLiquidationProtocolFee(address asset, uint256 fee)',
])
const configurator30 = new Interface([
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 threshold, uint16 bonus, address oracle, string label)',
])
const configurator36 = new Interface([
  'function setEModeCategory(uint8 id, uint16 ltv, uint16 threshold, uint16 bonus, string label)',
])

/** The real contracts with `users` random borrowers on each version, interest running, then parameters tightened. */
export async function startWorld(
  users: number,
  random: Random,
  onProgress: (text: string) => void,
): Promise<FuzzWorld> {
  const sandbox = await startSandbox({ borrowers: 'none', onProgress: (text) => onProgress(text) })
  const deployer = sandbox.accounts.deployer.address
  const sender = await impersonated(sandbox.rpc, deployer)
  const compiled = compiledProber()
  const prober = await sender.deploy(compiled.prober.bytecode)
  const sources = await ownSources(sandbox, sender, compiled.source)
  await stock(sandbox, sender, prober, compiled.prober)
  for (const version of ['3.0', '3.6'] as const) await tuneBefore(sandbox, sender, version, sources)
  const proberAbi = new Interface(compiled.prober.abi as never)
  const make = (version: AaveVersion, plan: FuzzPlan): Promise<void> =>
    sender.send(prober, proberAbi.encodeFunctionData('make', makeCalls(sandbox, version, plan)) as Hex)
  for (const version of ['3.0', '3.6'] as const) for (const plan of whales(random)) await make(version, plan)
  await sender.mine(86_400)
  const batch = 100
  for (let made = 0; made < users; made += batch) {
    for (let at = made; at < Math.min(users, made + batch); at += 1) {
      for (const version of ['3.0', '3.6'] as const) await make(version, randomPlan(random))
    }
    await sender.mine(random.whole(12, 86_400 * 4))
    onProgress(`borrowers ${Math.min(users, made + batch)} of ${users} on each version`)
  }
  for (const version of ['3.0', '3.6'] as const) await tighten(sandbox, sender, version, random)
  await sender.mine(12)
  return { sandbox, prober, proberAbi, sources: new Map([...sources].map(([asset, at]) => [asset, at])) }
}

function compiledProber(): { readonly prober: Artifact; readonly source: Artifact } {
  const file = join(projectRoot, 'test', 'fuzz', 'contracts', 'AaveProber.sol')
  const artifacts = compile({
    compiler: 'solc',
    sources: { 'AaveProber.sol': readFileSync(file, 'utf8') },
    read: () => undefined,
    evmVersion: 'cancun',
    runs: 200,
    viaIR: true,
  })
  return { prober: artifactNamed(artifacts, 'AaveProber'), source: artifactNamed(artifacts, 'PriceSource') }
}

/** Prices become storage words of our own, so that a call can be asked at any price. */
async function ownSources(
  { addresses }: Sandbox,
  sender: Sender,
  source: Artifact,
): Promise<ReadonlyMap<Address, Address>> {
  const sources = new Map<Address, Address>()
  const deploy = async (asset: Address, price: bigint): Promise<void> => {
    const code = `${source.bytecode}${AbiCoder.defaultAbiCoder().encode(['int256'], [price]).slice(2)}` as Hex
    sources.set(asset, await sender.deploy(code))
  }
  for (const symbol of symbols) await deploy(addresses.tokens[symbol].address, tokenData[symbol].price)
  await deploy(commonPrice, 99_900_000n)
  const data = oracle.encodeFunctionData('setAssetSources', [[...sources.keys()], [...sources.values()]]) as Hex
  for (const version of ['3.0', '3.6'] as const) await sender.send(addresses.aave[version].oracle, data)
  await sender.mine(12)
  return sources
}
/** Stands for the one price that 3.0 may give a whole e-mode category. */
const commonPrice = address(`0x${'c0'.repeat(20)}`)

async function stock({ addresses }: Sandbox, sender: Sender, prober: Address, artifact: Artifact): Promise<void> {
  const plenty = 10n ** 27n
  for (const symbol of symbols) {
    const to = addresses.tokens[symbol].address
    if (symbol === 'WETH') {
      await sender.send(to, token.encodeFunctionData('deposit') as Hex, plenty)
      await sender.send(to, token.encodeFunctionData('transfer', [prober, plenty]) as Hex)
    } else await sender.send(to, token.encodeFunctionData('mint', [prober, plenty]) as Hex)
  }
  const abi = new Interface(artifact.abi as never)
  const tokens = symbols.map((symbol) => addresses.tokens[symbol].address)
  for (const version of ['3.0', '3.6'] as const) {
    const data = abi.encodeFunctionData('approve', [tokens, addresses.aave[version].pool]) as Hex
    await sender.send(prober, data)
  }
  await sender.mine(12)
}

/** Fees of the protocol that differ by asset, one of them none; on 3.0 the stablecoins' category has a price of its own. */
async function tuneBefore(
  { addresses }: Sandbox,
  sender: Sender,
  version: AaveVersion,
  sources: ReadonlyMap<Address, Address>,
): Promise<void> {
  const { configurator: to } = addresses.aave[version]
  if (!sources.has(commonPrice)) throw new KeeperError('not-found', 'the common price has no source')
  const fees = [1_000, 0, 2_000, 1_000, 777, 1_000, 3_333, 10_000]
  for (const [at, symbol] of symbols.entries()) {
    const values = [addresses.tokens[symbol].address, fees[at]]
    await sender.send(to, configurator.encodeFunctionData('setLiquidationProtocolFee', values) as Hex)
  }
  for (const { id, ltv, threshold } of emodes) await sender.send(to, categoryCall(version, id, ltv, threshold))
  await sender.mine(12)
}

function categoryCall(version: AaveVersion, category: number, ltv: number, threshold: number): Hex {
  const { id, bonus, label } = emodes[category - 1] ?? emodes[0]
  const data =
    version === '3.0'
      ? configurator30.encodeFunctionData('setEModeCategory', [id, ltv, threshold, bonus, priceOf(id), label])
      : configurator36.encodeFunctionData('setEModeCategory', [id, ltv, threshold, bonus, label])
  return data as Hex
}
const priceOf = (category: number): string => (category === 1 ? commonPrice : `0x${'0'.repeat(40)}`)

/** Governance lowers thresholds: it is what brings those over the line who owe what they supply. */
async function tighten({ addresses }: Sandbox, sender: Sender, version: AaveVersion, random: Random): Promise<void> {
  const { configurator: to } = addresses.aave[version]
  for (const symbol of symbols) {
    const { ltv, threshold, bonus } = tokenData[symbol].reserve
    const next = threshold - random.whole(0, 900)
    const values = [addresses.tokens[symbol].address, Math.min(ltv, next), next, bonus]
    await sender.send(to, configurator.encodeFunctionData('configureReserveAsCollateral', values) as Hex)
  }
  for (const { id } of emodes) {
    const next = random.whole(9_000, 9_400)
    await sender.send(to, categoryCall(version, id, next, next))
  }
}

/** Draw between half and nearly all of each reserve, so that interest runs at every slope of the rate curve. */
function whales(random: Random): readonly FuzzPlan[] {
  return symbols.map((symbol): FuzzPlan => {
    const { decimals, price, reserve } = tokenData[symbol]
    const drawn = reserve.supplied * (0.4 + 0.45 * random.fraction())
    const backing: TokenSymbol = symbol === 'WETH' ? 'WBTC' : 'WETH'
    const { decimals: backed, price: backingPrice } = tokenData[backing]
    return {
      emode: 0,
      supplies: [[backing, unitsWorth(drawn * 1.7, backed, backingPrice)]],
      borrows: [[symbol, unitsWorth(drawn, decimals, price)]],
    }
  })
}

function makeCalls({ addresses }: Sandbox, version: AaveVersion, plan: FuzzPlan): readonly unknown[] {
  const { pool: to } = addresses.aave[version]
  const of = (symbol: TokenSymbol): Address => addresses.tokens[symbol].address
  const uint = (units: bigint): string => AbiCoder.defaultAbiCoder().encode(['uint256'], [units])
  const gifts = plan.supplies.map(([symbol, units]) => ({ to: of(symbol), data: uint(units) }))
  const calls = [
    ...(plan.emode === 0 ? [] : [{ to, data: pool.encodeFunctionData('setUserEMode', [plan.emode]) }]),
    ...plan.supplies.flatMap(([symbol, units]) => [
      { to: of(symbol), data: token.encodeFunctionData('approve', [to, units]) },
      { to, data: pool.encodeFunctionData('supply', [of(symbol), units, self, 0]) },
    ]),
    ...plan.borrows.map(([symbol, units]) => ({
      to,
      data: pool.encodeFunctionData('borrow', [of(symbol), units, 2, 0, self]),
    })),
  ]
  return [gifts, calls]
}
