import { type Wei, wei } from './numbers.ts'

/** What a rollup takes beside gas, as an upper bound that is a line: in wei for a transaction, a byte, a unit of gas. */
export type DataFees = { readonly perTransaction: bigint; readonly perByte: bigint; readonly perGas: bigint }

/** In wei, never too little. `bytes` of calldata. */
export const dataFeeOf = ({ perTransaction, perByte, perGas }: DataFees, bytes: number, gasUnits: number): Wei =>
  wei(perTransaction + perByte * BigInt(Math.ceil(bytes)) + perGas * BigInt(Math.ceil(gasUnits)))
