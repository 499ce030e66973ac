import { readFileSync } from 'node:fs'
import { type Document, isMap, isScalar } from 'yaml'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../../chain/rpc.ts'
import { discover } from '../../config/discover.ts'
import { nearest } from '../../config/nearest.ts'
import { draftText, type Entry } from '../../study/draft.ts'
import { knownChains } from '../../study/known-chains.ts'
import { presetsOn } from '../../study/presets-on.ts'
import type { Ask } from '../ask.ts'
import type { Answers } from './answers.ts'
import type { InitOptions } from './options.ts'
import { settingsDocument } from './settings-document.ts'

type Base = Pick<Answers, 'base' | 'protocols'>

/** What is followed: presets whose contracts are there, or what a file has written out. @throws `not-found`, `bad-argument`. */
export async function baseOf(rpc: Rpc, chainId: number, options: InitOptions, ask: Ask | null): Promise<Base> {
  if (options.from !== undefined) return ofFile(options.from, chainId, options.protocols)
  const chain = knownChains.get(chainId)
  if (chain === undefined)
    throw new KeeperError(
      'not-found',
      `no presets are known for chain ${chainId}: write its deployments into a file (docs/operating.md, Another chain), and name it with --from`,
    )
  const entries = await presetsOn(rpc, await discover(), chain.name)
  if (entries.protocols.length === 0)
    throw new KeeperError(
      'not-found',
      `no preset's contracts are on this chain ${chainId}: is the node synced? Else give --from`,
    )
  const protocols = await chosenOf(entries.protocols, options.protocols, ask)
  const notes = ['Written by `plimsoll init`. A dry run, until submission.dryRun says otherwise.']
  const base = draftText({ chainId, ...chain, hubs: [], entries: { ...entries, protocols }, notes })
  return { base, protocols: protocols.map(labelOf) }
}

const labelOf = ({ name, entry }: Entry): string => `${name}:${entry}`

async function chosenOf(found: readonly Entry[], list: string | undefined, ask: Ask | null): Promise<readonly Entry[]> {
  if (list === undefined) {
    if (ask === null) return found
    return ask.some(
      'Protocols to follow',
      found.map((value) => ({ value, name: labelOf(value) })),
    )
  }
  const chosen = list.split(',').flatMap((text) => {
    const wanted = text.trim()
    const those = found.filter((one) => one.name === wanted || labelOf(one) === wanted)
    if (those.length > 0) return those
    const all = found.flatMap((one) => [one.name, labelOf(one)])
    const meant = nearest(wanted, all)
    const todo = meant === null ? `there are ${found.map(labelOf).join(', ')}` : `did you mean ${meant}?`
    throw new KeeperError('bad-argument', `--protocols: ${wanted} is not among those on this chain: ${todo}`)
  })
  return [...new Set(chosen)]
}

/** What init asks for itself, or leaves as it is usual. */
const taken = ['chain', 'protocols', 'venues', 'exits', 'flash', 'hubs', 'timelocks']

function ofFile(file: string, chainId: number, list: string | undefined): Base {
  if (list !== undefined) throw new KeeperError('bad-argument', '--from says what is followed: leave out --protocols')
  const document = settingsDocument(textOf(file))
  const { contents, errors } = document
  if (errors[0] !== undefined || !isMap(contents))
    throw new KeeperError(
      'bad-argument',
      `${file} is not a configuration: ${errors[0]?.message ?? 'it has no settings'}`,
    )
  contents.flow = false
  contents.items = contents.items.filter(({ key }) => isScalar(key) && taken.includes(String(key.value)))
  const said = document.getIn(['chain', 'id'])
  if (Number(said) !== chainId)
    throw new KeeperError(
      'chain-mismatch',
      `${file} is for chain ${said}, the node is of chain ${chainId}: name another node or file`,
    )
  document.setIn(['chain', 'rpc'], '${RPC_URL}')
  document.set('submission', { dryRun: true })
  const protocols = document.get('protocols')
  const names = isMap(protocols) ? protocols.items.map(({ key }) => String(key)) : []
  return { base: written(document, file), protocols: names }
}

/** @throws `bad-argument` where something refers to what was left out. */
function written(document: Document, file: string): string {
  try {
    return document.toString({ lineWidth: 0 })
  } catch (cause) {
    throw new KeeperError(
      'bad-argument',
      `${file} cannot be taken in part: ${(cause as Error).message}. Only ${taken.join(', ')} are: write out what they refer to`,
      { cause },
    )
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new KeeperError('bad-argument', `--from: ${file} cannot be read: write the path of a configuration`, {
      cause,
    })
  }
}
