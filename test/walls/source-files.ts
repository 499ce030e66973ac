import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

export type SourceFile = { readonly path: string; readonly text: string; readonly lines: number }
/** `to` is a path of the project, or a package's name. */
export type Import = { readonly to: string; readonly isPackage: boolean; readonly isTypeOnly: boolean }

/** Every file git knows or would add; what is ignored is nobody's business. */
export function projectFiles(): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  return listed
    .split('\0')
    .filter((path) => path !== '')
    .flatMap((path) => {
      try {
        const text = readFileSync(join(root, path), 'utf8')
        return [{ path, text, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }]
      } catch {
        return []
      }
    })
}

export const typescript = (files: readonly SourceFile[]): readonly SourceFile[] =>
  files.filter(({ path }) => path.endsWith('.ts'))

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const dynamic = /\bimport\(\s*['"`]([^'"`]+)['"`]\s*\)/g

/** Imports and re-exports, static and dynamic, resolved to the project's own paths. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const found: Import[] = []
  for (const [, type, to = ''] of bare.matchAll(statement)) found.push(resolve(path, to, type !== undefined))
  for (const [, to = ''] of bare.matchAll(dynamic)) found.push(resolve(path, to, false))
  return found
}

function resolve(from: string, to: string, isTypeOnly: boolean): Import {
  if (to.startsWith('#core/')) return { to: `src/core/${to.slice(6)}`, isPackage: false, isTypeOnly }
  if (to.startsWith('#abis/')) return { to: `abis/${to.slice(6)}`, isPackage: false, isTypeOnly }
  if (to.startsWith('.')) return { to: join(dirname(from), to), isPackage: false, isTypeOnly }
  const [scope = '', name] = to.split('/')
  return { to: scope.startsWith('@') ? `${scope}/${name}` : scope, isPackage: true, isTypeOnly }
}
