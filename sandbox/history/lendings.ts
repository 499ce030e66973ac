import type { Sandbox } from '../sandbox.ts'
import { aaveLending } from './aave-lending.ts'
import type { Lending } from './lending.ts'
import type { Protocol } from './loan.ts'
import { morphoLending } from './morpho-lending.ts'

export type Lendings = Readonly<Record<Protocol, Lending>>

export const lendingsOf = (sandbox: Sandbox): Lendings => ({
  'aave-3.0': aaveLending(sandbox, '3.0'),
  'aave-3.6': aaveLending(sandbox, '3.6'),
  morpho: morphoLending(sandbox),
})
