import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Artifacts, compile, projectRoot } from './compile.ts'

const folder = join(projectRoot, 'contracts', 'src')
/** The first is the core; the others are its modules, in the order its constructor takes them. */
export const executorFiles = ['Executor.sol', 'modules/Lenders.sol', 'modules/Pools.sol'] as const

/** The executor and its modules, built from `contracts/src`. @throws `compile-failed` with the compiler's words. */
export function compileExecutor(): Artifacts {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return compile({
    compiler: 'solc',
    sources: Object.fromEntries(executorFiles.map((file) => [file, read(file)])),
    read,
    evmVersion: 'cancun',
    runs: 1_000,
    viaIR: true,
  })
}
