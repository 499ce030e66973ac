import type { Address } from '#core/address.ts'
import type { Contract } from '../batch.ts'

export type AaveVersion = '3.0' | '3.6'
export type Aave = {
  readonly version: AaveVersion
  readonly provider: Contract
  readonly pool: Contract
  readonly oracle: Contract
  readonly dataProvider: Contract
  readonly configurator: Contract
  readonly acl: Contract
}
export type AaveAddresses = {
  readonly provider: Address
  readonly pool: Address
  readonly oracle: Address
  readonly dataProvider: Address
  readonly configurator: Address
  readonly acl: Address
}

export const aaveAddresses = (aave: Aave): AaveAddresses => ({
  provider: aave.provider.address,
  pool: aave.pool.address,
  oracle: aave.oracle.address,
  dataProvider: aave.dataProvider.address,
  configurator: aave.configurator.address,
  acl: aave.acl.address,
})
