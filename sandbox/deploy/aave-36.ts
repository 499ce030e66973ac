import { AbiCoder, type Interface } from 'ethers'
import { type Address, address, ZERO_ADDRESS } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { aave36Contracts, compiledCode } from '../compiled.ts'
import { emodes, protocolFee, symbols, tokenData } from '../market-data.ts'
import type { Aave } from './aave.ts'
import type { Tokens } from './tokens.ts'

/** In the order they link each other. */
const libraryNames = [
  'BorrowLogic',
  'FlashLoanLogic',
  'LiquidationLogic',
  'PoolLogic',
  'SupplyLogic',
  'ConfiguratorLogic',
]

/** Aave 3.6 with every token as a reserve; the deployer administers it. Flushes once, because the proxies' addresses are only then known. */
export async function deployAave36(batch: Batch, deployer: Address, treasury: Address, tokens: Tokens): Promise<Aave> {
  const artifacts = aave36Contracts()
  const libraries: Record<string, string> = {}
  const deploy = (name: string, args: readonly unknown[] = []): Contract =>
    batch.deploy(compiledCode(artifacts, name, libraries), args)
  for (const name of libraryNames) libraries[name] = deploy(name).address
  const provider = deploy('PoolAddressesProvider', ['Plimsoll sandbox 3.6', deployer])
  const rates = deploy('DefaultReserveInterestRateStrategyV2', [provider.address])
  const poolCode = deploy('PoolInstance', [provider.address, rates.address])
  const configuratorCode = deploy('PoolConfiguratorInstance')
  batch.call(deployer, provider, 'setACLAdmin', [deployer])
  const acl = deploy('ACLManager', [provider.address])
  batch.call(deployer, provider, 'setACLManager', [acl.address])
  batch.call(deployer, acl, 'addPoolAdmin', [deployer])
  batch.call(deployer, acl, 'addEmergencyAdmin', [deployer])
  const list = symbols.map((symbol) => tokens[symbol])
  const sources = [list.map((token) => token.address), list.map((token) => token.oracle.feed)]
  const oracle = deploy('AaveOracle', [provider.address, ...sources, ZERO_ADDRESS, ZERO_ADDRESS, 10n ** 8n])
  batch.call(deployer, provider, 'setPriceOracle', [oracle.address])
  batch.call(deployer, provider, 'setPoolImpl', [poolCode.address])
  batch.call(deployer, provider, 'setPoolConfiguratorImpl', [configuratorCode.address])
  const dataProvider = deploy('AaveProtocolDataProvider', [provider.address])
  batch.call(deployer, provider, 'setPoolDataProvider', [dataProvider.address])
  await batch.flush()
  const at = async (name: string, abi: Interface): Promise<Contract> => {
    const [found] = await batch.read(provider, name, [])
    return { address: address(String(found).toLowerCase()), abi }
  }
  const pool = await at('getPool', poolCode.abi)
  const configurator = await at('getPoolConfigurator', configuratorCode.abi)
  const aToken = deploy('ATokenInstance', [pool.address, ZERO_ADDRESS, treasury])
  const debtToken = deploy('VariableDebtTokenInstance', [pool.address, ZERO_ADDRESS])
  const admin = (name: string, ...args: readonly unknown[]): void => batch.call(deployer, configurator, name, args)
  admin('updateFlashloanPremium', 5)
  for (const symbol of symbols) listReserve(admin, tokens, symbol, aToken.address, debtToken.address)
  for (const { id, ltv, threshold, bonus, label } of emodes) {
    admin('setEModeCategory', id, ltv, threshold, bonus, label)
    for (const symbol of symbols.filter((one) => tokenData[one].reserve.emode === id)) {
      admin('setAssetCollateralInEMode', tokens[symbol].address, id, true)
      admin('setAssetBorrowableInEMode', tokens[symbol].address, id, true)
    }
  }
  return { version: '3.6', provider, pool, oracle, dataProvider, configurator, acl }
}

function listReserve(
  admin: (name: string, ...args: readonly unknown[]) => void,
  tokens: Tokens,
  symbol: (typeof symbols)[number],
  aTokenImpl: Address,
  variableDebtTokenImpl: Address,
): void {
  const asset = tokens[symbol].address
  const { ltv, threshold, bonus, factor } = tokenData[symbol].reserve
  // Optimal usage, base, slope below and above it, in bps.
  const rates = AbiCoder.defaultAbiCoder().encode(['uint16', 'uint32', 'uint32', 'uint32'], [8000, 0, 400, 6000])
  const names = [`Aave 3.6 ${symbol}`, `a36${symbol}`, `Aave 3.6 debt ${symbol}`, `d36${symbol}`]
  admin('initReserves', [[aTokenImpl, variableDebtTokenImpl, asset, ...names, '0x', rates]])
  admin('configureReserveAsCollateral', asset, ltv, threshold, bonus)
  admin('setReserveBorrowing', asset, true)
  admin('setReserveFlashLoaning', asset, true)
  admin('setReserveFactor', asset, factor)
  admin('setLiquidationProtocolFee', asset, protocolFee)
}
