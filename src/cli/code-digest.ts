import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

const folders = ['src', 'strategies', 'venues', 'exits', 'flash', 'abis', 'contracts']
const files = ['package.json']

/** Of everything a result is made by: the sources, the versions of packages as pinned, and the Node that runs them. */
export function codeDigest(): string {
  const root = new URL('../../', import.meta.url)
  const digest = createHash('sha256').update(process.versions.node)
  const found = folders.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|sol|json)$/.test(entry.name))
      .map(({ parentPath, name }) => `${parentPath}/${name}`),
  )
  const named = [
    ...files.map((file) => new URL(file, root).pathname),
    ...found.map((path) => path.replaceAll('\\', '/')),
  ]
  for (const path of named.sort()) digest.update(`${path.slice(root.pathname.length)}\n`).update(readFileSync(path))
  return digest.digest('hex')
}
