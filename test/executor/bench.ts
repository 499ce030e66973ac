import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AbiCoder, getCreate2Address, keccak256, Wallet } from 'ethers'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { type Artifacts, compile, projectRoot } from '../../contracts/compile.ts'
import type { DataFees } from '../../contracts/compile-executor.ts'
import { deployExecutor } from '../../contracts/deploy-executor.ts'
import { exitEntry, factoryEntry, lenderEntry, type RegistryEntry, targetEntry } from '../../contracts/registry.ts'
import { startAnvil } from '../../sandbox/anvil.ts'
import { type Batch, batchOn, type Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { addV4, deployUniswapV4, initializeV4, type UniswapV4 } from '../../sandbox/deploy/uniswap-v4.ts'
import { packaged, packagedFactory } from '../../sandbox/packaged.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import type { Rpc } from '../../src/chain/rpc.ts'

export const E18 = 10n ** 18n
export const DELAY = 86_400
const folder = join(projectRoot, 'test', 'executor', 'contracts')

/** Our stand-ins, the hostile ones among them. */
export function standIns(): Artifacts {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  const files = [
    'Tokens.sol',
    'Markets.sol',
    'Hostile.sol',
    'Driver.sol',
    'Probe.sol',
    'StandInRollups.sol',
    'Wrappers.sol',
    'StandInDssFlash.sol',
    'HostileManager.sol',
  ]
  return compile({
    compiler: 'solc',
    sources: Object.fromEntries(files.map((file) => [file, read(file)])),
    read,
    evmVersion: 'cancun',
    runs: 200,
  })
}

export const account = {
  deployer: testAccount('deployer'),
  owner: testAccount('owner'),
  operator: testAccount('operator 0'),
  sink: testAccount('sink'),
  stranger: testAccount('stranger'),
}
const deployer = account.deployer.address

const tokenNames = [
  'PlainToken',
  'FeeToken',
  'NoReturnToken',
  'ApproveToZeroToken',
  'FalseToken',
  'BlacklistToken',
  'HookToken',
] as const
type TokenName = (typeof tokenNames)[number]

/** A small private chain: tokens good and bad, stand-in markets, real Uniswap and Morpho, and our executor. */
export type Bench = {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly own: Artifacts
  readonly weth: Contract
  readonly tokens: Readonly<Record<TokenName, Contract>>
  readonly market: Contract
  /** Its shares are worth a tenth more of wrapped native than there are. */
  readonly vault: Contract
  readonly hostile: Contract
  readonly lender: Contract
  readonly greedy: Contract
  readonly greedyPool: Address
  readonly intruder: Contract
  readonly morpho: Contract
  /** Uniswap V4's. Wrapped native has a pool with each of three tokens; that of FeeToken can only be sold to. */
  readonly manager: Contract
  readonly hostileManager: Contract
  readonly v3: { readonly factory: Contract; readonly pool: Address }
  readonly v2: { readonly factory: Contract; readonly pair: Readonly<Record<TokenName, Address>> }
  readonly executor: Address
  readonly registry: readonly RegistryEntry[]
  readonly stop: () => Promise<void>
}

/** Every function of a stand-in is registered: what is registered may still turn against us. */
export function everyFunction(
  of: Contract,
  rules: Readonly<Record<string, Parameters<typeof targetEntry>[2]>> = {},
): RegistryEntry[] {
  const found: RegistryEntry[] = []
  of.abi.forEachFunction((one) => found.push(targetEntry(of.address, one.selector as Hex, rules[one.name] ?? {})))
  return found
}

export async function startBench(): Promise<Bench> {
  const anvil = await startAnvil({ chainId: 31_337, timestamp: 1_780_000_000, gasLimit: 1_000_000_000n, baseFee: 7n })
  const { rpc } = anvil
  try {
    await rpc.request('anvil_autoImpersonateAccount', [true])
    for (const { address: who } of Object.values(account))
      await rpc.request('anvil_setBalance', [who, `0x${(10n ** 24n).toString(16)}`])
    const batch = batchOn(rpc, deployer)
    const own = standIns()
    const deploy = (name: string): Contract => batch.deploy(compiledCode(own, name))
    const weth = batch.deploy(packaged('@uniswap/v2-periphery/build/WETH9.json'))
    const tokens = Object.fromEntries(tokenNames.map((name) => [name, deploy(name)])) as Bench['tokens']
    const [market, hostile, lender] = [deploy('Market'), deploy('HostileMarket'), deploy('HostileLender')]
    const [greedy, intruder] = [deploy('GreedyFactory'), deploy('Intruder')]
    const vault = batch.deploy(compiledCode(own, 'StandInVault'), [weth.address, 0])
    const morpho = deployMorpho(batch)
    const v4 = deployUniswapV4(batch, deployer)
    const [{ manager }, hostileManager] = [v4, deploy('HostileManager')]
    const v3 = await deployV3(batch, weth, tokens.PlainToken)
    const v2 = await deployV2(batch, weth, tokens)
    batch.call(deployer, weth, 'deposit', [], 90_000n * E18)
    fund(batch, weth, tokens, [market, hostile, lender, vault, morpho, manager, hostileManager])
    for (const name of ['PlainToken', 'HookToken', 'FeeToken'] as const) poolOfV4(batch, v4, weth, tokens, name)
    batch.call(deployer, vault, 'mint', [market.address, 1_000_000n * E18])
    for (const from of [market, hostile]) batch.send(deployer, from.address, '0x', 'ether', 1_000n * E18)
    batch.call(deployer, greedy, 'make', [...sorted(weth.address, tokens.PlainToken.address), 3000])
    await batch.flush()
    const salt = keccak256(
      AbiCoder.defaultAbiCoder().encode(
        ['address', 'address', 'uint24'],
        [...sorted(weth.address, tokens.PlainToken.address), 3000],
      ),
    )
    const initCodeHash = String((await batch.read(greedy, 'initCodeHash', []))[0]) as Hex
    const registry = [
      ...everyFunction(market, { redeem: { recipientArgument: 2 }, burnShares: { watched: market.address } }),
      ...everyFunction(hostile),
      lenderEntry('morpho', morpho.address),
      lenderEntry('morpho', lender.address),
      ...['aave-v3', 'uniswap-v4', 'sky'].map((kind) => lenderEntry(kind, lender.address)),
      lenderEntry('uniswap-v4', manager.address),
      factoryEntry('uniswap-v3', v3.factory.address),
      factoryEntry('uniswap-v2', v2.factory.address),
      factoryEntry('uniswap-v4', manager.address),
      factoryEntry('uniswap-v4', hostileManager.address),
      factoryEntry('uniswap-v3', greedy.address, initCodeHash),
      vaultEntry(vault),
    ]
    const bench = {
      ...{
        rpc,
        batch,
        own,
        weth,
        tokens,
        market,
        vault,
        hostile,
        lender,
        greedy,
        intruder,
        morpho,
        manager,
        hostileManager,
        v3,
        v2,
        registry,
      },
      greedyPool: address(getCreate2Address(greedy.address, salt, initCodeHash).toLowerCase()),
      stop: anvil.stop,
    }
    const executor = await deployOn(bench, account.owner.address, [account.operator.address])
    return { ...bench, executor }
  } catch (error) {
    await anvil.stop()
    throw error
  }
}

/** An executor with standing balances of everything, which nothing may ever lower. */
export async function deployOn(
  bench: Omit<Bench, 'executor'>,
  owner: Address,
  operators: readonly Address[],
  sink: Address = account.sink.address,
  dataFees: DataFees = 'none',
): Promise<Address> {
  const { rpc, batch, weth, tokens, registry } = bench
  const funder = testAccount('funder')
  await rpc.request('anvil_setBalance', [funder.address, `0x${(10n ** 20n).toString(16)}`])
  const { executor } = await deployExecutor({
    ...{ rpc, wallet: new Wallet(funder.privateKey), owner, operators, sink, registry },
    ...{ dataFees, delaySeconds: DELAY, wrappedNative: weth.address },
    onSent: async () => void (await rpc.request('evm_mine', [])),
  })
  for (const token of Object.values(tokens)) batch.call(deployer, token, 'mint', [executor, 1_000n * E18])
  batch.call(deployer, weth, 'transfer', [executor, 10n * E18])
  for (const shares of [bench.market, bench.vault]) batch.call(deployer, shares, 'mint', [executor, 100n * E18])
  await batch.flush()
  await rpc.request('anvil_setBalance', [executor, `0x${(3n * E18).toString(16)}`])
  return executor
}

const vaultEntry = (vault: Contract): RegistryEntry =>
  exitEntry({
    ...{ token: vault.address, redeemer: vault.address, takes: ['amount', 'executor', 'executor'] },
    ...{ selector: vault.abi.getFunction('redeem')?.selector as Hex, answer: 'any', pays: 'token' },
  })

function deployMorpho(batch: Batch): Contract {
  const file = '@morpho-org/morpho-blue-bundlers/types/factories/lib/morpho-blue/src/Morpho__factory.js'
  return batch.deploy(packagedFactory(file, 'Morpho'), [deployer])
}

export const sorted = (a: Address, b: Address): readonly [Address, Address] => (a < b ? [a, b] : [b, a])

async function deployV3(batch: Batch, weth: Contract, token: Contract): Promise<Bench['v3']> {
  const periphery = '@uniswap/v3-periphery/artifacts/contracts'
  const factory = batch.deploy(
    packaged('@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json'),
  )
  const manager = batch.deploy(
    packaged(`${periphery}/NonfungiblePositionManager.sol/NonfungiblePositionManager.json`),
    [factory.address, weth.address, ZERO_ADDRESS],
  )
  const [token0, token1] = sorted(weth.address, token.address)
  const units = 1_000n * E18
  batch.call(deployer, weth, 'deposit', [], units)
  batch.call(deployer, token, 'mint', [deployer, units])
  for (const one of [weth, token]) batch.call(deployer, one, 'approve', [manager.address, units])
  batch.call(deployer, manager, 'createAndInitializePoolIfNecessary', [token0, token1, 3000, 2n ** 96n])
  batch.call(deployer, manager, 'mint', [
    [token0, token1, 3000, -887_220, 887_220, units, units, 0, 0, deployer, 10n ** 11n],
  ])
  await batch.flush()
  return { factory, pool: await read(batch, factory, 'getPool', [token0, token1, 3000]) }
}

async function deployV2(batch: Batch, weth: Contract, tokens: Bench['tokens']): Promise<Bench['v2']> {
  const factory = batch.deploy(packaged('@uniswap/v2-core/build/UniswapV2Factory.json'), [deployer])
  const router = batch.deploy(packaged('@uniswap/v2-periphery/build/UniswapV2Router02.json'), [
    factory.address,
    weth.address,
  ])
  const units = 1_000n * E18
  const pair = {} as Record<TokenName, Address>
  for (const name of tokenNames) {
    batch.call(deployer, weth, 'deposit', [], units)
    batch.call(deployer, weth, 'approve', [router.address, units])
    batch.call(deployer, tokens[name], 'mint', [deployer, units])
    batch.call(deployer, tokens[name], 'approve', [router.address, units])
    batch.call(deployer, router, 'addLiquidity', [
      tokens[name].address,
      weth.address,
      units,
      units,
      0,
      0,
      deployer,
      10n ** 11n,
    ])
  }
  await batch.flush()
  for (const name of tokenNames)
    pair[name] = await read(batch, factory, 'getPair', [tokens[name].address, weth.address])
  return { factory, pair }
}

/** Of fee 3000 and spacing 60, around par; of a token that keeps a part of transfers no more than what is paid for it. */
function poolOfV4(batch: Batch, v4: UniswapV4, weth: Contract, tokens: Bench['tokens'], name: TokenName): void {
  const token = tokens[name]
  const units = 1_000n * E18
  for (const one of [weth, token]) batch.call(deployer, one, 'approve', [v4.liquidity.address, units])
  batch.call(deployer, token, 'mint', [deployer, units])
  const key = { tokens: sorted(weth.address, token.address), fee: 3000, spacing: 60 }
  initializeV4(batch, deployer, v4, key, 2n ** 96n)
  const half = weth.address < token.address ? ([60, 60_000] as const) : ([-60_000, -60] as const)
  const [lower, upper] = name === 'FeeToken' ? half : [-887_220, 887_220]
  addV4(batch, deployer, v4, key, [lower, upper, 900n * E18])
}

const read = async (batch: Batch, to: Contract, name: string, args: readonly unknown[]): Promise<Address> =>
  address(String((await batch.read(to, name, args))[0]).toLowerCase())

function fund(batch: Batch, weth: Contract, tokens: Bench['tokens'], holders: readonly Contract[]): void {
  for (const { address: to } of holders) {
    batch.call(deployer, weth, 'transfer', [to, 10_000n * E18])
    for (const token of Object.values(tokens)) batch.call(deployer, token, 'mint', [to, 1_000_000n * E18])
  }
}
