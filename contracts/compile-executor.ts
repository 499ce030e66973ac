import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Artifacts, compile, projectRoot } from './compile.ts'

const folder = join(projectRoot, 'contracts', 'src')
/** The first is the core, the others are its modules. */
const files = [
  'Executor.sol',
  'modules/Lenders.sol',
  'modules/Pools.sol',
  'modules/OpStackFees.sol',
  'modules/ArbitrumFees.sol',
] as const

/** By the name an operator would use: the contract that knows what such a chain takes beside gas. */
export const dataFeeContracts = { 'op-stack': 'OpStackFees', arbitrum: 'ArbitrumFees' } as const
export type DataFees = keyof typeof dataFeeContracts | 'none'

/** The executor and its modules, built from `contracts/src`. @throws `compile-failed` with the compiler's words. */
export function compileExecutor(): Artifacts {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return compile({
    compiler: 'solc',
    sources: Object.fromEntries(files.map((file) => [file, read(file)])),
    read,
    evmVersion: 'cancun',
    runs: 200,
    viaIR: true,
  })
}
