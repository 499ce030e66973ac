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
  // As strategies/morpho-blue has them, from Morpho's own address book.
  presets: {
    mainnet: { morpho: '0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb' },
    arbitrum: { morpho: '0x6c247b1f6182318877311737bac0844baa518f5e' },
    base: { morpho: '0xbbbbbbbbbb9cc5e90e3b3af64bdaf62c37eeffcb' },
    optimism: { morpho: '0xce95afbb8ea029495c66020883f87aae8864af92' },
    polygon: { morpho: '0x1bf0c2541f820e775182832f06c0b7fc27a25f67' },
    unichain: { morpho: '0x8f5ae9cddb9f68de460c77730b018ae7e04a140a' },
  },
  trusts: async (_view, { morpho }) => [{ kind: 'lender', lender: morpho }],
  create: ({ morpho }) => holdingsLender(morpho, { wrapGas: 120_000 }),
})
