import { type Address, address } from '#core/address.ts'
import { operatedBy } from '../../contracts/operated-by.ts'
import type { Prober } from '../execution/measure-gas.ts'

/** Nobody has its key: what it runs, it runs in a node's simulations. */
const from = address('0x00000000000000000000000000506c696d736f0e')

/** Who runs what is left for want of known gas, whatever lanes there are; nobody where no executor stands. */
export const proberFor = (executor: Address | null): Prober | null =>
  executor === null ? null : { from, overrides: operatedBy(from, executor) }
