import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** Everything else is read from the comptroller on the chain. */
export const compoundConfig = z.strictObject({
  comptroller: addressText.describe('Comptroller (Unitroller) of the deployment, or of one isolated pool'),
  fromBlock: z.int().nonnegative().default(0).describe('First block in which anybody can have borrowed'),
  unproven: z
    .enum(['watch', 'act'])
    .default('watch')
    .describe('What to do on a fork whose rules were not proven against its contracts'),
})
export type CompoundConfig = z.infer<typeof compoundConfig>
