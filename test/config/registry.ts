import { z } from 'zod'
import { address } from '#core/address.ts'
import type { Registry } from '../../src/config/discover.ts'

const contract = z.string().transform((text, context) => {
  try {
    return address(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})

/** Definitions with schemas like the real ones, and nothing behind them: what is tested is reading, not running. */
const definition = (name: string, shape: z.core.$ZodLooseShape) => ({
  name,
  layout: 1,
  config: z.strictObject(shape),
  presets: { mainnet: Object.fromEntries(Object.keys(shape).map((key) => [key, presetValue(key)])) },
  create: () => {
    throw new Error(`${name} is not meant to run`)
  },
})
const presetValue = (key: string): string | number =>
  key === 'fromBlock' ? 16_291_127 : '0x2f39d218133afab8f2b819b1066c7e434ad94e9e'

const fromBlock = z.number().int().min(0, 'is negative: write the block the contract was deployed in')

export const registry: Registry = {
  strategies: new Map([['aave-v3', definition('aave-v3', { addressesProvider: contract, fromBlock })]]),
  venues: new Map([
    ['uniswap-v2', definition('uniswap-v2', { factory: contract })],
    ['uniswap-v3', definition('uniswap-v3', { factory: contract, quoter: contract })],
  ]),
  exits: new Map(),
  flash: new Map([['morpho', definition('morpho', { morpho: contract })]]),
}
