import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { KeeperError } from '#core/error.ts'
import type { Definition } from '#core/strategy.ts'
import type { Fixture } from '../../sandbox/fixture.ts'
import { fixtureOf } from '../../sandbox/fixtures.ts'

export type AnyDefinition = Definition
const folder = new URL('../../strategies/', import.meta.url)

export const strategyNames = (): readonly string[] =>
  readdirSync(fileURLToPath(folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

/** @throws `not-found` where there is no such folder; its fixture is `null` where it brings none. */
export async function loadStrategy(
  name: string,
): Promise<{ readonly definition: AnyDefinition; readonly fixture: Fixture | null }> {
  const names = strategyNames()
  if (!names.includes(name))
    throw new KeeperError('not-found', `there is no strategy ${name}: there are ${names.join(', ')}`)
  const { default: definition } = (await import(new URL(`${name}/index.ts`, folder).href)) as { default: AnyDefinition }
  return { definition, fixture: await fixtureOf(name) }
}
