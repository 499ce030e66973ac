import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** Pool, oracle and sentinel are read from the provider on the chain; rounding from the pool's revision. */
export const aaveConfig = z.strictObject({
  addressesProvider: addressText.describe('PoolAddressesProvider of the deployment'),
  fromBlock: z.int().nonnegative().default(0).describe('First block in which anybody can have borrowed'),
  unproven: z
    .enum(['watch', 'act'])
    .default('watch')
    .describe('What to do on a pool revision whose rules were not proven against its contracts'),
})
export type AaveConfig = z.infer<typeof aaveConfig>

/** From Aave's address book; `fromBlock` lies before the deployment. */
export const aavePresets = {
  mainnet: { addressesProvider: '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e', fromBlock: 16_291_000 },
  arbitrum: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 7_740_000 },
  avalanche: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 11_970_000 },
  base: { addressesProvider: '0xe20fCBdBfFC4Dd138cE8b2E6FBb6CB49777ad64D', fromBlock: 2_350_000 },
  optimism: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 4_360_000 },
  polygon: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 25_820_000 },
} as const
