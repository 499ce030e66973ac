import { describe, expect, it } from 'vitest'
import { aaveConfig, aavePresets } from '../../strategies/aave-v3/config.ts'
import { provenRevisions, roundingOfRevision } from '../../strategies/aave-v3/rounding.ts'

describe('the configuration of aave-v3', () => {
  it.each(Object.keys(aavePresets) as (keyof typeof aavePresets)[])('knows %s by name', (name) => {
    const { addressesProvider, unproven } = aaveConfig.parse(aavePresets[name])
    expect(addressesProvider).toBe(aavePresets[name].addressesProvider.toLowerCase())
    expect(unproven).toBe('watch')
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
