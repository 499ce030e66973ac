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

/**
 * From Aave's address book, `fromBlock` before the deployment where it is said; Spark's from its own registry
 * (github.com/sparkdotfi/spark-address-registry, `src/SparkLend.sol` and `src/Gnosis.sol` at 5348de2).
 */
export const aavePresets = {
  mainnet: { addressesProvider: '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e', fromBlock: 16_291_000 },
  'mainnet-etherfi': { addressesProvider: '0xeBa440B438Ad808101d1c451C1C5322c90BEFCdA' },
  'mainnet-lido': { addressesProvider: '0xcfBf336fe147D643B9Cb705648500e101504B16d' },
  'spark-mainnet': { addressesProvider: '0x02C3eA4e34C0cBd694D2adFa2c690EECbC1793eE' },
  'spark-gnosis': { addressesProvider: '0xA98DaCB3fC964A6A0d2ce3B77294241585EAbA6d' },
  arbitrum: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 7_740_000 },
  avalanche: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 11_970_000 },
  base: { addressesProvider: '0xe20fCBdBfFC4Dd138cE8b2E6FBb6CB49777ad64D', fromBlock: 2_350_000 },
  bnb: { addressesProvider: '0xff75B6da14FfbbfD355Daf7a2731456b3562Ba6D' },
  celo: { addressesProvider: '0x9F7Cf9417D5251C59fE94fB9147feEe1aAd9Cea5' },
  gnosis: { addressesProvider: '0x36616cf17557639614c1cdDb356b1B83fc0B2132' },
  ink: { addressesProvider: '0x4172E6aAEC070ACB31aaCE343A58c93E4C70f44D' },
  linea: { addressesProvider: '0x89502c3731F69DDC95B65753708A07F8Cd0373F4' },
  mantle: { addressesProvider: '0xba50Cd2A20f6DA35D788639E581bca8d0B5d4D5f' },
  megaeth: { addressesProvider: '0x46Dcd5F4600319b02649Fd76B55aA6c1035CA478' },
  metis: { addressesProvider: '0xB9FABd7500B2C6781c35Dd48d54f81fc2299D7AF' },
  monad: { addressesProvider: '0x34793Fb9935F7bB5E5aE920fb963F39063E7A615' },
  optimism: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 4_360_000 },
  plasma: { addressesProvider: '0x061D8e131F26512348ee5FA42e2DF1bA9d6505E9' },
  polygon: { addressesProvider: '0xa97684ead0e402dC232d5A977953DF7ECBaB3CDb', fromBlock: 25_820_000 },
  scroll: { addressesProvider: '0x69850D0B276776781C063771b161bd8894BCdD04' },
  soneium: { addressesProvider: '0x82405D1a189bd6cE4667809C35B37fBE136A4c5B' },
  sonic: { addressesProvider: '0x5C2e738F6E27bCE0F7558051Bf90605dD6176900' },
  xlayer: { addressesProvider: '0xdFf435BCcf782f11187D3a4454d96702eD78e092' },
} as const
