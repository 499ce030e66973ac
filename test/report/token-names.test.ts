import { expect, it } from 'vitest'
import { tokenNames } from '../../src/report/token-names.ts'

const at = (digit: string): string => `0x${digit.repeat(40)}`
const names = tokenNames({
  tokens: {
    [at('a')]: { symbol: 'USDC', decimals: 6 },
    [at('b')]: { symbol: 'WETH', decimals: 18 },
    [at('c')]: { symbol: 'WETH', decimals: 18 },
    [at('d')]: { symbol: null, decimals: 0 },
    [at('e')]: { symbol: '<b>', decimals: null },
  },
})

it('amounts are whole tokens to the last digit, and units where their size is not known', () => {
  expect(names.amount('1234567890123', at('a'))).toBe('1,234,567.890123')
  expect(names.amount('-1500000', at('A'))).toBe('-1.5')
  expect(names.amount('1', at('b'))).toBe('0.000000000000000001')
  expect(names.amount('2000000000000000000', at('b'))).toBe('2')
  expect(names.amount('1234', at('d'))).toBe('1,234')
  expect(names.amount('1234', at('e'))).toBe('1,234')
  expect(names.shown('1234', at('e')).markup).toContain('1,234 units of <code>')
  expect(names.shown('1234', at('f')).markup).toContain('1,234 units of <code>')
})

it('a name that two tokens have stands with the address of each; no name is taken for more than text', () => {
  expect(names.name(at('A'))).toBe('USDC')
  expect(names.name(at('b'))).toBe('WETH 0xbbbb…bbbb')
  expect(names.name(at('c'))).toBe('WETH 0xcccc…cccc')
  expect(names.name(at('d'))).toBe(at('d'))
  expect(names.name(at('f'))).toBe(at('f'))
  expect(names.shown('1', at('e')).markup).toContain('&lt;b&gt;')
})
