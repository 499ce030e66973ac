import { z } from 'zod'
import { addressText } from '#core/address-text.ts'

/** One Comet, that is one base token. Base token, feeds, collaterals and rates are read from it. */
export const cometConfig = z.strictObject({
  comet: addressText.describe('The Comet: the proxy that users call'),
  rewards: addressText
    .nullable()
    .default(null)
    .describe('CometRewards: its claims accrue interest without a log of the Comet'),
  fromBlock: z.int().nonnegative().default(0).describe('First block in which anybody can have supplied collateral'),
  unproven: z
    .enum(['watch', 'act'])
    .default('watch')
    .describe('What to do as long as the rules were not proven against the contracts'),
})
export type CometConfig = z.infer<typeof cometConfig>

const rewards = {
  mainnet: '0x1B0e765F6224C21223AeA2af16c1C46E38885a40',
  arbitrum: '0x88730d254A2f7e6AC8388c3198aFd694bA9f7fae',
  base: '0x123964802e6ABabBE1Bc9547D72Ef1B69B00A6b1',
  linea: '0x2c7118c4C88B9841FCF839074c26Ae8f035f2921',
  mantle: '0xCd83CbBFCE149d141A5171C3D6a0F0fCCeE225Ab',
  optimism: '0x443EA0340cb75a160F31A440722dec7b5bc3C2E9',
  polygon: '0x45939657d1CA34A8FA39A924B71D28Fe8431e581',
  ronin: '0x31CdEe8609Bc15fD33cc525f101B70a81b2B1E59',
  scroll: '0x70167D30964cbFDc315ECAe02441Af747bE0c5Ee',
  unichain: '0x6f7D514bbD4aFf3BcD1140B7344b32f063dEe486',
} as const

const on = (chain: keyof typeof rewards, comet: string) => ({ comet, rewards: rewards[chain] })

/** `deployments/<chain>/<base>/roots.json` of github.com/compound-finance/comet, at d5a30b0a. */
export const cometPresets = {
  'mainnet-usdc': on('mainnet', '0xc3d688B66703497DAA19211EEdff47f25384cdc3'),
  'mainnet-usds': on('mainnet', '0x5D409e56D886231aDAf00c8775665AD0f9897b56'),
  'mainnet-usdt': on('mainnet', '0x3Afdc9BCA9213A35503b077a6072F3D0d5AB0840'),
  'mainnet-wbtc': on('mainnet', '0xe85Dc543813B8c2CFEaAc371517b925a166a9293'),
  'mainnet-weth': on('mainnet', '0xA17581A9E3356d9A858b789D68B4d866e593aE94'),
  'mainnet-wsteth': on('mainnet', '0x3D0bb1ccaB520A66e607822fC55BC921738fAFE3'),
  'arbitrum-usdc': on('arbitrum', '0x9c4ec768c28520B50860ea7a15bd7213a9fF58bf'),
  'arbitrum-usdc.e': on('arbitrum', '0xA5EDBDD9646f8dFF606d7448e414884C7d905dCA'),
  'arbitrum-usdt': on('arbitrum', '0xd98Be00b5D27fc98112BdE293e487f8D4cA57d07'),
  'arbitrum-weth': on('arbitrum', '0x6f7D514bbD4aFf3BcD1140B7344b32f063dEe486'),
  'base-aero': on('base', '0x784efeB622244d2348d4F2522f8860B96fbEcE89'),
  'base-usdbc': on('base', '0x9c4ec768c28520B50860ea7a15bd7213a9fF58bf'),
  'base-usdc': on('base', '0xb125E6687d4313864e53df431d5425969c15Eb2F'),
  'base-usds': on('base', '0x2c776041CCFe903071AF44aa147368a9c8EEA518'),
  'base-weth': on('base', '0x46e6b214b524310239732D51387075E0e70970bf'),
  'linea-usdc': on('linea', '0x8D38A3d6B3c3B7d96D6536DA7Eef94A9d7dbC991'),
  'linea-weth': on('linea', '0x60F2058379716A64a7A5d29219397e79bC552194'),
  'mantle-usde': on('mantle', '0x606174f62cd968d8e684c645080fa694c1D7786E'),
  'optimism-usdc': on('optimism', '0x2e44e174f7D53F0212823acC11C01A11d58c5bCB'),
  'optimism-usdt': on('optimism', '0x995E394b8B2437aC8Ce61Ee0bC610D617962B214'),
  'optimism-weth': on('optimism', '0xE36A30D249f7761327fd973001A32010b521b6Fd'),
  'polygon-usdc': on('polygon', '0xF25212E676D1F7F89Cd72fFEe66158f541246445'),
  'polygon-usdt': on('polygon', '0xaeB318360f27748Acb200CE616E389A6C9409a07'),
  'ronin-weth': on('ronin', '0x4006eD4097Ee51c09A04c3B0951D28CCf19e6DFE'),
  'ronin-wron': on('ronin', '0xc0Afdbd1cEB621Ef576BA969ce9D4ceF78Dbc0c0'),
  'scroll-usdc': on('scroll', '0xB2f97c1Bd3bf02f5e74d13f02E3e26F93D77CE44'),
  'unichain-usdc': on('unichain', '0x2c7118c4C88B9841FCF839074c26Ae8f035f2921'),
  'unichain-weth': on('unichain', '0x6C987dDE50dB1dcDd32Cd4175778C2a291978E2a'),
} as const
