import type { Interface } from 'ethers'
import { type Address, address, ZERO_ADDRESS } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { emodes, protocolFee, symbols, type TokenSymbol, tokenData } from '../market-data.ts'
import { packaged } from '../packaged.ts'
import type { Aave } from './aave.ts'
import type { Tokens } from './tokens.ts'

const folder = '@aave/core-v3/artifacts/contracts'
const files: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['BorrowLogic', 'BridgeLogic', 'EModeLogic', 'LiquidationLogic', 'PoolLogic', 'SupplyLogic', 'FlashLoanLogic']
      .concat('ConfiguratorLogic')
      .map((name) => [name, 'protocol/libraries/logic']),
  ),
  PoolAddressesProvider: 'protocol/configuration',
  ACLManager: 'protocol/configuration',
  Pool: 'protocol/pool',
  PoolConfigurator: 'protocol/pool',
  DefaultReserveInterestRateStrategy: 'protocol/pool',
  AToken: 'protocol/tokenization',
  VariableDebtToken: 'protocol/tokenization',
  StableDebtToken: 'protocol/tokenization',
  AaveOracle: 'misc',
  AaveProtocolDataProvider: 'misc',
}

/** Aave 3.0 with every token as a reserve; the deployer administers it. Flushes once, because the proxies' addresses are only then known. */
export async function deployAave30(batch: Batch, deployer: Address, treasury: Address, tokens: Tokens): Promise<Aave> {
  const libraries: Record<string, string> = {}
  const deploy = (name: string, ...args: readonly unknown[]): Contract =>
    batch.deploy(packaged(`${folder}/${files[name]}/${name}.sol/${name}.json`, libraries), args)
  for (const name of Object.keys(files).filter((one) => one.endsWith('Logic'))) libraries[name] = deploy(name).address
  const provider = deploy('PoolAddressesProvider', 'Plimsoll sandbox 3.0', deployer)
  const poolCode = deploy('Pool', provider.address)
  const configuratorCode = deploy('PoolConfigurator')
  batch.call(deployer, provider, 'setACLAdmin', [deployer])
  const acl = deploy('ACLManager', provider.address)
  batch.call(deployer, provider, 'setACLManager', [acl.address])
  for (const role of ['addPoolAdmin', 'addEmergencyAdmin', 'addAssetListingAdmin'])
    batch.call(deployer, acl, role, [deployer])
  const list = symbols.map((symbol) => tokens[symbol])
  const sources = [list.map((token) => token.address), list.map((token) => token.oracle.feed)]
  const oracle = deploy('AaveOracle', provider.address, ...sources, ZERO_ADDRESS, ZERO_ADDRESS, 10n ** 8n)
  batch.call(deployer, provider, 'setPriceOracle', [oracle.address])
  batch.call(deployer, provider, 'setPoolImpl', [poolCode.address])
  batch.call(deployer, provider, 'setPoolConfiguratorImpl', [configuratorCode.address])
  const dataProvider = deploy('AaveProtocolDataProvider', provider.address)
  batch.call(deployer, provider, 'setPoolDataProvider', [dataProvider.address])
  await batch.flush()
  const at = async (name: string, abi: Interface): Promise<Contract> => {
    const [found] = await batch.read(provider, name, [])
    return { address: address(String(found).toLowerCase()), abi }
  }
  const pool = await at('getPool', poolCode.abi)
  const configurator = await at('getPoolConfigurator', configuratorCode.abi)
  const rates = deploy('DefaultReserveInterestRateStrategy', provider.address, ...ratesInRay())
  const code = {
    aToken: deploy('AToken', pool.address).address,
    stable: deploy('StableDebtToken', pool.address).address,
    variable: deploy('VariableDebtToken', pool.address).address,
    rates: rates.address,
    treasury,
  }
  const admin: Admin = (name, ...args) => batch.call(deployer, configurator, name, args)
  admin('updateFlashloanPremiumTotal', 5)
  for (const symbol of symbols) listReserve(admin, tokens, symbol, code)
  for (const { id, ltv, threshold, bonus, label } of emodes) {
    admin('setEModeCategory', id, ltv, threshold, bonus, ZERO_ADDRESS, label)
    for (const symbol of symbols.filter((one) => tokenData[one].reserve.emode === id))
      admin('setAssetEModeCategory', tokens[symbol].address, id)
  }
  return { version: '3.0', provider, pool, oracle, dataProvider, configurator, acl }
}

type Admin = (name: string, ...args: readonly unknown[]) => void

/** Optimal usage 80 %, variable slopes 4 % and 60 %; stable borrowing stays off, but wants its figures. */
function ratesInRay(): readonly bigint[] {
  const ray = (percent: bigint): bigint => percent * 10n ** 25n
  return [80n, 0n, 4n, 60n, 5n, 60n, 1n, 5n, 20n].map(ray)
}

function listReserve(
  admin: Admin,
  tokens: Tokens,
  symbol: TokenSymbol,
  code: Readonly<Record<'aToken' | 'stable' | 'variable' | 'rates' | 'treasury', Address>>,
): void {
  const { address: asset, decimals } = tokens[symbol]
  const { ltv, threshold, bonus, factor } = tokenData[symbol].reserve
  const names = [`Aave 3.0 ${symbol}`, `a30${symbol}`, `Aave 3.0 debt ${symbol}`, `d30${symbol}`]
  const stable = [`Aave 3.0 stable ${symbol}`, `s30${symbol}`]
  const implementations = [code.aToken, code.stable, code.variable, decimals, code.rates]
  admin('initReserves', [[...implementations, asset, code.treasury, ZERO_ADDRESS, ...names, ...stable, '0x']])
  admin('configureReserveAsCollateral', asset, ltv, threshold, bonus)
  admin('setReserveBorrowing', asset, true)
  admin('setReserveFlashLoaning', asset, true)
  admin('setReserveFactor', asset, factor)
  admin('setLiquidationProtocolFee', asset, protocolFee)
}
