import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** Pools, reserve and everything else are read from the TroveManager on the chain. */
export const liquityConfig = z.strictObject({
  troveManager: addressText.describe('TroveManager of the deployment'),
  debtToken: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]*$/)
    .default('LUSD')
    .describe('Symbol of the debt token as it stands in the names of the functions: LUSD in getLUSDDebt'),
  source: addressText
    .nullable()
    .default(null)
    .describe('Chainlink proxy whose answer fetchPrice scales to 18 decimals, where the price feed does not name it'),
})
export type LiquityConfig = z.infer<typeof liquityConfig>

/** Addresses as the protocols' own repositories have them: `docs/protocols/liquity.md`. */
export const liquityPresets = {
  mainnet: { troveManager: '0xA39739EF8b0231DbFA0DcdA07d7e29faAbCf4bb2', debtToken: 'LUSD' },
  'zero-rootstock': { troveManager: '0x82b09695ee4f214f3a0803683c4aaec332e4e0a3', debtToken: 'ZUSD' },
} as const
