import * as book from '@aave-dao/aave-address-book'
import { describe, expect, it } from 'vitest'
import { aaveConfig, aavePresets } from '../../strategies/aave-v3/config.ts'
import { provenRevisions, roundingOfRevision } from '../../strategies/aave-v3/rounding.ts'

/** The address book's markets, by our names for them. */
const listed = {
  mainnet: book.AaveV3Ethereum,
  'mainnet-etherfi': book.AaveV3EthereumEtherFi,
  'mainnet-lido': book.AaveV3EthereumLido,
  arbitrum: book.AaveV3Arbitrum,
  avalanche: book.AaveV3Avalanche,
  base: book.AaveV3Base,
  bnb: book.AaveV3BNB,
  celo: book.AaveV3Celo,
  gnosis: book.AaveV3Gnosis,
  ink: book.AaveV3InkWhitelabel,
  linea: book.AaveV3Linea,
  mantle: book.AaveV3Mantle,
  megaeth: book.AaveV3MegaEth,
  metis: book.AaveV3Metis,
  monad: book.AaveV3Monad,
  optimism: book.AaveV3Optimism,
  plasma: book.AaveV3Plasma,
  polygon: book.AaveV3Polygon,
  scroll: book.AaveV3Scroll,
  soneium: book.AaveV3Soneium,
  sonic: book.AaveV3Sonic,
  xlayer: book.AaveV3XLayer,
}

describe('the configuration of aave-v3', () => {
  it.each(Object.keys(aavePresets) as (keyof typeof aavePresets)[])('knows %s by name', (name) => {
    const { addressesProvider, unproven } = aaveConfig.parse(aavePresets[name])
    expect(addressesProvider).toBe(aavePresets[name].addressesProvider.toLowerCase())
    expect(unproven).toBe('watch')
  })

  it.each(Object.entries(listed))(
    'has %s as the address book has it',
    (name, { POOL_ADDRESSES_PROVIDER: provider }) => {
      expect(aavePresets[name as keyof typeof aavePresets].addressesProvider).toBe(provider)
    },
  )

  it("has nothing but what the address book lists, and Spark's two", () => {
    const others = Object.keys(aavePresets).filter((name) => !(name in listed))
    expect(others).toEqual(['spark-mainnet', 'spark-gnosis'])
  })

  it('refuses a wrong checksum and an unknown key, and says so', () => {
    const wrong = '0x2f39d218133AFaB8F2B819B1066c7E434Ad94e9E'
    expect(() => aaveConfig.parse({ addressesProvider: wrong })).toThrow(/checksum/)
    expect(() => aaveConfig.parse({ ...aavePresets.mainnet, rounding: 'v3.0' })).toThrow(/rounding/)
  })
})

describe('a pool revision', () => {
  it('names a family of rounding, and only two are proven', () => {
    expect([1, 6, 7, 8, 9, 10, 11, 12, 145].map(roundingOfRevision)).toEqual([
      'v3.0',
      'v3.0',
      'v3.3',
      'v3.4',
      'v3.5',
      'v3.5',
      'v3.7',
      null,
      null,
    ])
    expect(provenRevisions).toEqual([1, 10])
  })
})
