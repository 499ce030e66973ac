import { createRequire } from 'node:module'
import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { type Artifact, link } from '../contracts/compile.ts'
import type { Code } from './batch.ts'

const require = createRequire(import.meta.url)

type Packaged = {
  readonly abi: readonly unknown[]
  /** Foundry ships code and links together. */
  readonly bytecode: string | { readonly object: string; readonly linkReferences: Artifact['links'] }
  readonly linkReferences?: Artifact['links']
}

/** A contract that its npm package ships compiled, with its libraries' addresses filled in. */
export function packaged(file: string, libraries: Readonly<Record<string, string>> = {}): Code {
  const { abi, bytecode, linkReferences } = require(file) as Packaged
  const { object, linkReferences: links } =
    typeof bytecode === 'string' ? { object: bytecode, linkReferences } : bytecode
  const code: Hex = `0x${object.replace(/^0x/, '')}`
  return { abi: abi as Code['abi'], bytecode: linked(file, abi, code, links ?? {}, libraries) }
}

/** A contract that ships as a class with `abi` and `bytecode` (typechain's factories). */
export function packagedFactory(file: string, name: string): Code {
  const factory = (require(file) as Record<string, { abi: Code['abi']; bytecode: Hex }>)[`${name}__factory`]
  if (factory === undefined) throw new KeeperError('not-found', `${file} has no ${name}`)
  return { abi: factory.abi, bytecode: factory.bytecode }
}

const linked = (
  name: string,
  abi: readonly unknown[],
  bytecode: Hex,
  links: Artifact['links'],
  libraries: Readonly<Record<string, string>>,
): Hex => link({ name, abi, bytecode, deployed: '0x', links, immutables: {} }, libraries)
