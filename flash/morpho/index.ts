import { z } from 'zod'
import { addressText } from '#core/address-text.ts'
import { defineFlash } from '#core/flash.ts'
import { type Holding, holdingsLender } from '#core/holdings.ts'

const config = z.strictObject({
  morpho: addressText.describe('Morpho Blue: it lends all it holds for nothing'),
})

export default defineFlash<z.output<typeof config>, Holding>({
  name: 'morpho',
  layout: 1,
  config,
  presets: { mainnet: { morpho: '0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb' } },
  trusts: async (_view, { morpho }) => [{ kind: 'lender', lender: morpho }],
  create: ({ morpho }) => holdingsLender(morpho, { wrapGas: 120_000 }),
})
