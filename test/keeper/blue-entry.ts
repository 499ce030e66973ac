import { checksummed } from '#core/address.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'

/** Morpho Blue as an operator would write it under `protocols`. */
export const blueEntry = ({ morpho, irm, oracleFactory, preLiquidationFactory }: BlueAddresses) => ({
  morpho: checksummed(morpho),
  irm: checksummed(irm),
  oracleFactories: [checksummed(oracleFactory)],
  preLiquidationFactories: [checksummed(preLiquidationFactory)],
})
