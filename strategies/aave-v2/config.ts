import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** Pool, collateral manager and oracle are read from the provider on the chain. */
export const aaveConfig = z.strictObject({
  addressesProvider: addressText.describe('LendingPoolAddressesProvider of the deployment'),
  fromBlock: z.int().nonnegative().default(0).describe('First block in which anybody can have borrowed'),
  collateralManager: addressText
    .nullable()
    .default(null)
    .describe('The LendingPoolCollateralManager whose rules you have checked; any other is watched only'),
  closeFactorBps: z
    .union([z.literal(5_000), z.literal(10_000)])
    .default(5_000)
    .describe('Share of a debt that one call may repay; half is safe on a manager without a cap too'),
  unproven: z
    .enum(['watch', 'act'])
    .default('watch')
    .describe('What to do on a pool or manager whose rules were not proven or checked'),
})
export type AaveConfig = z.infer<typeof aaveConfig>

/**
 * From Aave's address book. None names a collateral manager: those on the chain were never run here, so they are
 * watched until an operator has checked them.
 */
export const aavePresets = {
  mainnet: { addressesProvider: '0xB53C1a33016B2DC2fF3653530bfF1848a515c8c5' },
  'mainnet-amm': { addressesProvider: '0xAcc030EF66f9dFEAE9CbB0cd1B25654b82cFA8d5' },
  avalanche: { addressesProvider: '0xb6A86025F0FE1862B372cb0ca18CE3EDe02A318f' },
  polygon: { addressesProvider: '0xd05e3E715d945B59290df0ae8eF85c1BdB684744' },
} as const
