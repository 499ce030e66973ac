import { z } from 'zod'
import { type Address, address } from './address.ts'
import { isKeeperError } from './error.ts'

/** An address as an operator writes it, in the configuration of a module: a wrong checksum is told with the right one. */
export const addressText = z.string().transform((text, context): Address => {
  try {
    return address(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: isKeeperError(error) ? error.message : String(error) })
    return z.NEVER
  }
})
