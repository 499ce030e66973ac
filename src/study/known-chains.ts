import { type Address, address } from '#core/address.ts'

/** What a configuration must say of a chain, and the word its presets' names have for it. */
export type KnownChain = { readonly name: string; readonly wrappedNative: Address; readonly blockSeconds: number }

const chain = (name: string, wrapped: string, blockSeconds: number): KnownChain => ({
  name,
  wrappedNative: address(wrapped),
  blockSeconds,
})
const predeployed = '0x4200000000000000000000000000000000000006'

/** Wrapped native tokens as Aave's address book and the OP Stack's predeploys have them. */
export const knownChains: ReadonlyMap<number, KnownChain> = new Map([
  [1, chain('mainnet', '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2', 12)],
  [10, chain('optimism', predeployed, 2)],
  [56, chain('bnb', '0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c', 0.75)],
  [100, chain('gnosis', '0xe91D153E0b41518A2Ce8Dd3D7944Fa863463a97d', 5)],
  [130, chain('unichain', predeployed, 1)],
  [137, chain('polygon', '0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270', 2)],
  [1868, chain('soneium', predeployed, 2)],
  [5000, chain('mantle', '0x78c1b0C915c4FAA5FffA6CAbf0219DA63d7f4cb8', 2)],
  [8453, chain('base', predeployed, 2)],
  [42161, chain('arbitrum', '0x82aF49447D8a07e3bd95BD0d56f35241523fBab1', 0.25)],
  [42220, chain('celo', '0x471EcE3750Da237f93B8E339c536989b8978a438', 1)],
  [43114, chain('avalanche', '0xB31f66AA3C1e785363F0875A1B74E27b85FD66c7', 1.5)],
  [57073, chain('ink', predeployed, 1)],
  [59144, chain('linea', '0xe5D7C2a44FfDDf6b295A15c148167daaAf5Cf34f', 2)],
  [534352, chain('scroll', '0x5300000000000000000000000000000000000004', 3)],
])
