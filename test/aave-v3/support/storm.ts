import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getCreateAddress, Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { artifactNamed, compile, projectRoot } from '../../../contracts/compile.ts'
import { symbols, type TokenSymbol, tokenData, unitsWorth } from '../../../sandbox/market-data.ts'
import type { Random } from '../../../sandbox/random.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { send } from './liquidator.ts'

type Version = '3.0' | '3.6'
const versions: readonly Version[] = ['3.0', '3.6']
const pool = new Interface([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referral)',
  'function withdraw(address asset, uint256 amount, address to)',
  'function borrow(address asset, uint256 amount, uint256 mode, uint16 referral, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 mode, address onBehalfOf)',
  'function repayWithATokens(address asset, uint256 amount, uint256 mode)',
  'function setUserEMode(uint8 id)',
  'function setUserUseReserveAsCollateral(address asset, bool use)',
  'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
  'function mintToTreasury(address[] assets)',
  'function getReserveData(address asset) view returns (tuple(uint256, uint128, uint128, uint128, uint128, uint128, uint40, uint16, address aToken, address, address, address, uint128, uint128, uint128) data)',
])
const token = new Interface([
  'function approve(address spender, uint256 units)',
  'function mint(address to, uint256 units)',
  'function deposit() payable',
  'function transfer(address to, uint256 units)',
])
const configurator = new Interface([
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 threshold, uint256 bonus)',
  'function setLiquidationProtocolFee(address asset, uint256 fee)',
  'function setReservePause(address asset, bool paused)',
  'function setReserveFreeze(address asset, bool frozen)',
])
const oracle = new Interface(['function setAssetSources(address[] assets, address[] sources)'])
const taker = new Interface(['function take(address pool, address asset, uint256 amount)'])
const largest = 2n ** 256n - 1n

/** Anything users and governance may do; what the pools refuse is refused. */
export type Storm = {
  /** So many transactions into the mempool; they land with the next block. */
  readonly blow: (transactions: number) => Promise<void>
}
/** Who owes what against what: so that repaying and liquidating find something to do. */
export type Owing = { readonly user: Address; readonly collateral: Address; readonly debt: Address }
export type OwingOn = (version: '3.0' | '3.6') => readonly Owing[]

export async function startStorm(sandbox: Sandbox, random: Random, actorCount: number, owing: OwingOn): Promise<Storm> {
  const { rpc, addresses, accounts } = sandbox
  await rpc.request('anvil_autoImpersonateAccount', [true])
  const actors = Array.from({ length: actorCount }, (_, at) =>
    address(`0x${(0xac7000 + at).toString(16).padStart(40, '0')}`),
  )
  const flash = await deployTaker(sandbox)
  for (const who of actors) {
    await rpc.request('anvil_setBalance', [who, `0x${(10n ** 28n).toString(16)}`])
    for (const symbol of symbols) await furnish(sandbox, who, symbol)
  }
  await sandbox.mine()
  await sandbox.mine()
  for (const symbol of symbols) {
    await send(sandbox, actors[0] as Address, addresses.tokens[symbol].address, transferOf(flash, symbol))
  }
  const everybody = [...actors, ...accounts.borrowers.map((one) => one.address)]
  return {
    blow: async (transactions) => {
      for (let at = 0; at < transactions; at += 1) {
        const version = random.one(versions)
        const [from, to, data] = random.chance(0.08)
          ? governance(sandbox, version, random)
          : await deed(
              { sandbox, version, random, everybody, flash, owing: random.one(owing(version)) },
              random.one(actors),
            )
        await send(sandbox, from, to, data)
      }
    },
  }
}

type Deed = readonly [from: Address, to: Address, data: Hex]

const transferOf = (to: Address, symbol: TokenSymbol): Hex =>
  token.encodeFunctionData('transfer', [
    to,
    unitsWorth(10_000, tokenData[symbol].decimals, tokenData[symbol].price),
  ]) as Hex

async function furnish(sandbox: Sandbox, who: Address, symbol: TokenSymbol): Promise<void> {
  const to = sandbox.addresses.tokens[symbol].address
  const units = unitsWorth(1e6, tokenData[symbol].decimals, tokenData[symbol].price)
  if (symbol === 'WETH') await send(sandbox, who, to, token.encodeFunctionData('deposit') as Hex, units)
  else await send(sandbox, who, to, token.encodeFunctionData('mint', [who, units]) as Hex)
  for (const version of versions) {
    await send(
      sandbox,
      who,
      to,
      token.encodeFunctionData('approve', [sandbox.addresses.aave[version].pool, largest]) as Hex,
    )
  }
}

async function deployTaker(sandbox: Sandbox): Promise<Address> {
  const file = join(projectRoot, 'test', 'fuzz', 'contracts', 'AaveProber.sol')
  const artifacts = compile({
    compiler: 'solc',
    sources: { 'AaveProber.sol': readFileSync(file, 'utf8') },
    read: () => undefined,
    evmVersion: 'cancun',
    runs: 200,
    viaIR: true,
  })
  const from = address(`0x${'f1'.repeat(20)}`)
  await sandbox.rpc.request('anvil_setBalance', [from, `0x${(10n ** 24n).toString(16)}`])
  await sandbox.rpc.request('eth_sendTransaction', [
    { from, data: artifactNamed(artifacts, 'FlashTaker').bytecode, gas: '0x4c4b40', maxFeePerGas: '0x174876e800' },
  ])
  return address(getCreateAddress({ from, nonce: 0 }).toLowerCase())
}

type Weather = {
  readonly sandbox: Sandbox
  readonly version: Version
  readonly random: Random
  readonly everybody: readonly Address[]
  readonly flash: Address
  readonly owing: Owing | undefined
}

async function deed({ sandbox, version, random, everybody, flash, owing }: Weather, actor: Address): Promise<Deed> {
  const { pool: to } = sandbox.addresses.aave[version]
  const symbol = random.one(symbols)
  const asset = sandbox.addresses.tokens[symbol].address
  const dollars = 10 ** (5.2 * random.fraction())
  const units = unitsWorth(dollars, tokenData[symbol].decimals, tokenData[symbol].price)
  const some = random.chance(0.3) ? largest : units
  const ask = (who: Address, name: string, ...values: readonly unknown[]): Deed => [
    who,
    to,
    pool.encodeFunctionData(name, values) as Hex,
  ]
  const { user, collateral, debt } = owing ?? { user: actor, collateral: asset, debt: asset }
  const kinds: readonly (() => Deed | Promise<Deed>)[] = [
    () => ask(actor, 'supply', asset, units, actor, 0),
    () => ask(actor, 'supply', asset, units, random.one(everybody), 0),
    () => ask(actor, 'borrow', asset, units / 3n, 2, 0, actor),
    () => ask(user, 'borrow', debt, units / 9n, 2, 0, user),
    () => ask(actor, 'repay', debt, units, 2, user),
    () => ask(user, 'repay', debt, some, 2, user),
    () => ask(user, 'repayWithATokens', random.chance(0.5) ? debt : asset, some, 2),
    () => ask(user, 'withdraw', collateral, random.chance(0.5) ? some : units / 50n, user),
    () => ask(user, 'setUserEMode', random.one([0, 1, 2])),
    () => ask(user, 'setUserUseReserveAsCollateral', collateral, random.chance(0.5)),
    () => ask(actor, 'mintToTreasury', [asset]),
    ...[1, 2, 3].map(() => () => ask(actor, 'liquidationCall', collateral, debt, user, some, random.chance(0.5))),
    () => [actor, flash, taker.encodeFunctionData('take', [to, asset, units]) as Hex],
    async () => [
      user,
      await aTokenOf(sandbox, to, collateral),
      token.encodeFunctionData('transfer', [random.one(everybody), units / 20n]) as Hex,
    ],
  ]
  return random.one(kinds)()
}

async function aTokenOf(sandbox: Sandbox, to: Address, asset: Address): Promise<Address> {
  const data = pool.encodeFunctionData('getReserveData', [asset])
  const answer = (await sandbox.rpc.request('eth_call', [{ to, data }, 'latest'])) as Hex
  return address((pool.decodeFunctionResult('getReserveData', answer)[0].aToken as string).toLowerCase())
}

function governance(sandbox: Sandbox, version: Version, random: Random): Deed {
  const { configurator: to, oracle: prices } = sandbox.addresses.aave[version]
  const symbol = random.one(symbols)
  const { address: asset, feed } = sandbox.addresses.tokens[symbol]
  const from = sandbox.accounts.deployer.address
  const { ltv, threshold, bonus } = tokenData[symbol].reserve
  const next = threshold - random.whole(0, 800)
  const data = random.one<() => Hex>([
    () =>
      configurator.encodeFunctionData('configureReserveAsCollateral', [asset, Math.min(ltv, next), next, bonus]) as Hex,
    () => configurator.encodeFunctionData('setLiquidationProtocolFee', [asset, random.whole(0, 3_000)]) as Hex,
    () => configurator.encodeFunctionData('setReserveFreeze', [asset, random.chance(0.3)]) as Hex,
    () => configurator.encodeFunctionData('setReservePause', [asset, random.chance(0.3)]) as Hex,
  ])()
  if (random.chance(0.15)) return [from, prices, oracle.encodeFunctionData('setAssetSources', [[asset], [feed]]) as Hex]
  return [from, to, data]
}
