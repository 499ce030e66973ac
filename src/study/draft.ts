import type { Address } from '#core/address.ts'
import { checksummed } from '#core/address.ts'

export const sections = ['protocols', 'venues', 'exits', 'flash'] as const
export type Section = (typeof sections)[number]

/** One entry of a section: a preset's name or a deployment written out, and why it is there. */
export type Entry = { readonly name: string; readonly entry: unknown; readonly why: string }

export type Draft = {
  readonly chainId: number
  readonly wrappedNative: Address
  readonly blockSeconds: number
  readonly hubs: readonly Address[]
  readonly entries: Readonly<Record<Section, readonly Entry[]>>
  /** Lines of comment: what was left out, and why. */
  readonly notes: readonly string[]
}

/** A configuration file as an operator writes it: a dry run, its node named by a variable. */
export function draftText({ chainId, wrappedNative, blockSeconds, hubs, entries, notes }: Draft): string {
  return [
    ...notes.map((note) => `# ${note}`),
    'chain:',
    `  id: ${chainId}`,
    '  rpc: ${RPC_URL}',
    `  blockSeconds: ${blockSeconds}`,
    `  wrappedNative: "${checksummed(wrappedNative)}"`,
    ...sections.flatMap((section) => sectionLines(section, entries[section])),
    ...(hubs.length === 0 ? [] : ['hubs:', ...hubs.map((hub) => `  - "${checksummed(hub)}"`)]),
    'submission:',
    '  dryRun: true',
    '',
  ].join('\n')
}

function sectionLines(section: Section, entries: readonly Entry[]): readonly string[] {
  if (entries.length === 0) return []
  const byName = Map.groupBy(entries, ({ name }) => name)
  return [
    `${section}:`,
    ...[...byName].flatMap(([name, of]) => [
      `  ${name}:`,
      // JSON is YAML.
      ...of.map(({ entry, why }) => `    - ${JSON.stringify(entry)}${why === '' ? '' : `  # ${why}`}`),
    ]),
  ]
}
