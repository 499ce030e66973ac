import { z } from 'zod'
import { addressText } from '#core/address-text.ts'
import { defineFlash } from '#core/flash.ts'
import { type Holding, holdingsLender } from '#core/holdings.ts'

const config = z.strictObject({
  poolManager: addressText.describe('Uniswap V4 PoolManager: it lends all it holds for nothing, one token at a time'),
})

/** Unlocked, it lets anything be taken that is settled before it is locked again; unlocked it cannot be unlocked. */
export default defineFlash<z.output<typeof config>, Holding>({
  name: 'uniswap-v4',
  layout: 1,
  config,
  presets: { mainnet: { poolManager: '0x000000000004444c5dc75cb358380d2e3de08a90' } },
  trusts: async (_view, { poolManager }) => [{ kind: 'lender', lender: poolManager }],
  create: ({ poolManager }) => holdingsLender(poolManager, { wrapGas: 130_000, lendsOnce: true }),
})
