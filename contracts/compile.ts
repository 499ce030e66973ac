import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'

const require = createRequire(import.meta.url)
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** Compiled output, kept by the hash of everything it came from; ignored by git, safe to delete. */
const cacheFolder = join(projectRoot, '.cache', 'solc')

export type Artifact = {
  /** `path/File.sol:Name` */
  readonly name: string
  readonly abi: readonly unknown[]
  /** With `linkReferences` still open: see `link`. */
  readonly bytecode: Hex
  readonly deployed: Hex
  readonly links: Readonly<
    Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
  >
  /** Where the deployed code holds values that are set when it is created. */
  readonly immutables: Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>
}
export type Artifacts = ReadonlyMap<string, Artifact>

export type CompileRequest = {
  /** Name of the npm package that is the compiler: `solc`, `solc-0.6.6`. */
  readonly compiler: string
  /** Import path → text; imports are followed through `read`. */
  readonly sources: Readonly<Record<string, string>>
  /** Text of an import, or `undefined` where there is none. */
  readonly read: (path: string) => string | undefined
  readonly remappings?: readonly string[]
  readonly evmVersion: string
  readonly runs: number
  readonly viaIR?: boolean
}

type SolcError = { severity: string; formattedMessage: string }
type SolcContract = {
  abi: unknown[]
  evm: {
    bytecode: { object: string; linkReferences: Artifact['links'] }
    deployedBytecode: { object: string; immutableReferences?: Artifact['immutables'] }
  }
}
type Solc = {
  compile(input: string, callbacks: { import: (path: string) => { contents?: string; error?: string } }): string
  version(): string
}

/** Compiles with npm's solc, in this process; a second call with the same sources reads the cache. */
export function compile(request: CompileRequest): Artifacts {
  const imported: Record<string, string> = { ...request.sources }
  const follow = (path: string): { contents?: string; error?: string } => {
    const contents = request.read(path)
    if (contents === undefined) return { error: `no source ${path}` }
    imported[path] = contents
    return { contents }
  }
  const key = createHash('sha256').update(
    JSON.stringify([request.compiler, versionOf(request.compiler), { ...request, read: null }]),
  )
  const file = join(cacheFolder, `${key.digest('hex').slice(0, 32)}.json`)
  const cached = readCache(file, request.read)
  if (cached !== null) return asMap(cached)
  const solc = require(request.compiler) as Solc
  const output = JSON.parse(solc.compile(standardJson(request), { import: follow })) as {
    errors?: SolcError[]
    contracts?: Record<string, Record<string, SolcContract>>
  }
  const fatal = (output.errors ?? []).filter((error) => error.severity === 'error')
  if (fatal.length > 0) throw new KeeperError('compile-failed', fatal.map((error) => error.formattedMessage).join('\n'))
  const artifacts = Object.entries(output.contracts ?? {}).flatMap(([path, contracts]) =>
    Object.entries(contracts).map(([name, contract]) => artifactOf(`${path}:${name}`, contract)),
  )
  writeCache(file, { imported: hashes(imported), artifacts })
  return asMap(artifacts)
}

/** Bytecode with its libraries' addresses filled in. @throws `bad-argument` when one is missing. */
export function link(artifact: Artifact, libraries: Readonly<Record<string, string>>): Hex {
  let code = artifact.bytecode.slice(2)
  for (const [path, names] of Object.entries(artifact.links)) {
    for (const [name, places] of Object.entries(names)) {
      const to = libraries[name] ?? libraries[`${path}:${name}`]
      if (to === undefined) throw new KeeperError('bad-argument', `${artifact.name} needs library ${name}`)
      for (const { start, length } of places) {
        code = code.slice(0, start * 2) + to.slice(2).toLowerCase() + code.slice((start + length) * 2)
      }
    }
  }
  return `0x${code}`
}

/** @throws `not-found`, naming what there is. */
export function artifactNamed(artifacts: Artifacts, name: string): Artifact {
  const found = artifacts.get(name) ?? [...artifacts.values()].find((one) => one.name.endsWith(`:${name}`))
  if (found === undefined)
    throw new KeeperError('not-found', `no contract ${name} in ${[...artifacts.keys()].join(', ')}`)
  return found
}

function standardJson(request: CompileRequest): string {
  return JSON.stringify({
    language: 'Solidity',
    sources: Object.fromEntries(Object.entries(request.sources).map(([path, content]) => [path, { content }])),
    settings: {
      remappings: request.remappings ?? [],
      optimizer: { enabled: true, runs: request.runs },
      evmVersion: request.evmVersion,
      ...(request.viaIR === undefined ? {} : { viaIR: request.viaIR }),
      metadata: { bytecodeHash: 'none' },
      outputSelection: {
        '*': {
          '*': [
            'abi',
            'evm.bytecode.object',
            'evm.bytecode.linkReferences',
            'evm.deployedBytecode.object',
            'evm.deployedBytecode.immutableReferences',
          ],
        },
      },
    },
  })
}

function artifactOf(name: string, { abi, evm }: SolcContract): Artifact {
  return {
    name,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployed: `0x${evm.deployedBytecode.object}`,
    links: evm.bytecode.linkReferences,
    immutables: evm.deployedBytecode.immutableReferences ?? {},
  }
}

const asMap = (artifacts: readonly Artifact[]): Artifacts => new Map(artifacts.map((one) => [one.name, one]))

type Cached = { readonly imported: Readonly<Record<string, string>>; readonly artifacts: readonly Artifact[] }
const hashes = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, createHash('sha256').update(text).digest('hex')]),
  )

/** `null` where there is none, or where an import has changed since. */
function readCache(file: string, read: CompileRequest['read']): readonly Artifact[] | null {
  if (!existsSync(file)) return null
  const { imported, artifacts } = JSON.parse(readFileSync(file, 'utf8')) as Cached
  for (const [path, hash] of Object.entries(imported)) {
    const text = read(path)
    if (text !== undefined && createHash('sha256').update(text).digest('hex') !== hash) return null
  }
  return artifacts
}

/** Written aside and renamed, so that two processes compiling at once never read half a file. */
function writeCache(file: string, content: Cached): void {
  mkdirSync(dirname(file), { recursive: true })
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, JSON.stringify(content))
  renameSync(aside, file)
}

function versionOf(compiler: string): string {
  return (require(`${compiler}/package.json`) as { version: string }).version
}
