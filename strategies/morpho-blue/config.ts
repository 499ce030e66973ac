import { z } from 'zod'
import { hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { marketId } from '#core/book.ts'

const idText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'a market id is 0x and 64 hex digits')
  .transform((text) => marketId(hex(text)))

export const blueConfig = z.strictObject({
  morpho: addressText.describe('Morpho Blue'),
  irm: addressText.describe('AdaptiveCurveIrm: markets with another interest model are not served'),
  markets: z
    .union([z.literal('all'), z.array(idText).min(1)])
    .default('all')
    .describe('Ids of the markets to follow, or `all`: anybody creates markets, so name those you know'),
  oracleFactories: z
    .array(addressText)
    .default([])
    .describe('MorphoChainlinkOracleV2Factory: only oracles they made are computed from their feeds'),
  preLiquidationFactories: z.array(addressText).default([]).describe('PreLiquidationFactory; none: no pre-liquidation'),
  fromBlock: z.int().nonnegative().default(0).describe('The block Morpho was deployed in, or one before'),
})
export type BlueConfig = z.infer<typeof blueConfig>

/** From Morpho's own address book: `docs/protocols/morpho-blue.md`. */
export const bluePresets = {
  mainnet: {
    morpho: '0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb',
    irm: '0x870aC11D48B15DB9a138Cf899d20F13F79Ba00BC',
    oracleFactories: ['0x3A7bB36Ee3f3eE32A60e9f2b33c1e5f2E83ad766'],
    preLiquidationFactories: ['0x6FF33615e792E35ed1026ea7cACCf42D9BF83476'],
    fromBlock: 18_883_124,
  },
  arbitrum: {
    morpho: '0x6c247b1F6182318877311737BaC0844bAa518F5e',
    irm: '0x66F30587FB8D4206918deb78ecA7d5eBbafD06DA',
    oracleFactories: ['0x98Ce5D183DC0c176f54D37162F87e7eD7f2E41b5'],
    preLiquidationFactories: ['0x635c31B5DF1F7EFbCbC07E302335Ef4230758e3d'],
    fromBlock: 296_446_593,
  },
  base: {
    morpho: '0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb',
    irm: '0x46415998764C29aB2a25CbeA6254146D50D22687',
    oracleFactories: ['0x2DC205F24BCb6B311E5cdf0745B0741648Aebd3d'],
    preLiquidationFactories: ['0x8cd16b62E170Ee0bA83D80e1F80E6085367e2aef'],
    fromBlock: 13_977_148,
  },
  optimism: {
    morpho: '0xce95AfbB8EA029495c66020883F87aaE8864AF92',
    irm: '0x8cD70A8F399428456b29546BC5dBe10ab6a06ef6',
    oracleFactories: ['0x1ec408D4131686f727F3Fd6245CF85Bc5c9DAD70'],
    preLiquidationFactories: ['0x3d05C01EE8e97361b9E19D172128255eaE5F98B9'],
    fromBlock: 130_770_075,
  },
  polygon: {
    morpho: '0x1bF0c2541F820E775182832f06c0B7Fc27A25f67',
    irm: '0xe675A2161D4a6E2de2eeD70ac98EEBf257FBF0B0',
    oracleFactories: ['0x1ff7895Eb842794c5d07C4c547b6730e61295215'],
    preLiquidationFactories: ['0xeDadDe37D76c72b98725614d0b41C20Fe612d304'],
    fromBlock: 66_931_042,
  },
  unichain: {
    morpho: '0x8f5ae9CddB9f68de460C77730b018Ae7E04a140A',
    irm: '0x9a6061d51743B31D2c3Be75D83781Fa423f53F0E',
    oracleFactories: ['0x43269546e1D586a1f7200a0AC07e26f9631f7539'],
    preLiquidationFactories: ['0xb04e4D3D59Ee47Ca9BA192707AF13A7D02969911'],
    fromBlock: 9_139_027,
  },
} as const
