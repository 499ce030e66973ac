import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** Vat, clippers, price curves and price sources are read from these on the chain. */
export const makerConfig = z.strictObject({
  dog: addressText.describe('Dog: the liquidation module'),
  spotter: addressText.describe('Spotter: liquidation ratios and price sources'),
  daiJoin: addressText.describe('DaiJoin: through which DAI enters and leaves the vat'),
  ilkRegistry: addressText.describe('IlkRegistry: each collateral’s token and join'),
  fromBlock: z.int().nonnegative().default(0).describe('First block in which anybody can have borrowed'),
})
export type MakerConfig = z.infer<typeof makerConfig>

/** From the chainlog; `fromBlock` is the vat's deployment. */
export const makerPresets = {
  mainnet: {
    dog: '0x135954d155898D42C90D2a57824C690e0c7BEf1B',
    spotter: '0x65C79fcB50Ca1594B025960e539eD7A9a6D434A3',
    daiJoin: '0x9759A6Ac90977b93B58547b4A71c78317f391A28',
    ilkRegistry: '0x5a464C28D19848f44199D003BeF5ecc87d090F87',
    fromBlock: 8_928_000,
  },
} as const
