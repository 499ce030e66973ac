import { z } from 'zod'

/** Settings under one name; one that is left out holds its defaults. */
export const group = <S extends z.core.$ZodLooseShape>(shape: S) => z.strictObject(shape).prefault({} as never)

export const amountForm = 'wei, or an amount with a unit such as "0.5 ether" or "30 gwei"'
