import { existsSync, readdirSync } from 'node:fs'
import { KeeperError } from '#core/error.ts'
import type { ExitDefinition } from '#core/exit.ts'
import type { FlashDefinition } from '#core/flash.ts'
import type { Definition } from '#core/strategy.ts'
import type { VenueDefinition } from '#core/venue.ts'

/** What the folders hold, each by its folder's name. */
export type Registry = {
  readonly strategies: ReadonlyMap<string, Definition>
  readonly venues: ReadonlyMap<string, VenueDefinition>
  readonly exits: ReadonlyMap<string, ExitDefinition>
  readonly flash: ReadonlyMap<string, FlashDefinition>
}

const root = new URL('../../', import.meta.url)

/**
 * Loads the default export of every `strategies/*`, `venues/*`, `exits/*` and `flash/*`: a new one is a folder, and no
 * list names it. A folder that does not exist is empty.
 * @throws `unsupported` where a folder's default export is not its definition.
 */
export async function discover(from: URL = root): Promise<Registry> {
  const [strategies, venues, exits, flash] = await Promise.all([
    definitions<Definition>(new URL('strategies/', from)),
    definitions<VenueDefinition>(new URL('venues/', from)),
    definitions<ExitDefinition>(new URL('exits/', from)),
    definitions<FlashDefinition>(new URL('flash/', from)),
  ])
  return { strategies, venues, exits, flash }
}

type Named = { readonly name: string; readonly create: unknown; readonly config: unknown }

async function definitions<D extends Named>(folder: URL): Promise<ReadonlyMap<string, D>> {
  const found = new Map<string, D>()
  if (!existsSync(folder)) return found
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  for (const name of names.sort()) {
    const file = new URL(`${name}/index.ts`, folder)
    if (!existsSync(file)) continue
    const { default: definition } = (await import(file.href)) as { default?: Partial<D> }
    if (definition?.name !== name || typeof definition.create !== 'function') {
      throw new KeeperError(
        'unsupported',
        `${folder.pathname.split('/').at(-2)}/${name} has no definition named ${name}: export default define…({ name: '${name}', … })`,
      )
    }
    found.set(name, definition as D)
  }
  return found
}
