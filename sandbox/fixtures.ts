import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Fixture } from './fixture.ts'

/** A strategy's fixture, by its folder's name; `null` where it brings none. */
export async function fixtureOf(name: string): Promise<Fixture | null> {
  const url = new URL(`../strategies/${name}/fixture/index.ts`, import.meta.url)
  if (!existsSync(fileURLToPath(url))) return null
  return ((await import(url.href)) as { readonly default: Fixture }).default
}
