import { resolve } from 'node:path'
import { Interface } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import { type Address, address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { openRpc } from '../../chain/open-rpc.ts'
import type { Rpc } from '../../chain/rpc.ts'
import { fields } from '../../config/fields.ts'
import { httpUrl, nodeUrl, weiOf } from '../../config/readers.ts'
import type { Ask } from '../ask.ts'
import type { Context } from '../context.ts'
import type { Answers, Via } from './answers.ts'
import { baseOf } from './base-of.ts'
import { keyAnswer } from './key-answer.ts'
import type { InitOptions } from './options.ts'
import { wrongBy } from './wrong-by.ts'

const abi = new Interface(executorAbi)
/** Those the bundles of Ethereum are sent to, to begin with. */
const relaysOfEthereum = ['https://relay.flashbots.net', 'https://rpc.titanbuilder.xyz']
const vias = [
  { value: 'bundle', name: 'bundles: cannot land reverted; Ethereum' },
  { value: 'private', name: 'private transactions: pay gas when they revert' },
  { value: 'public', name: 'public transactions: pay gas when they revert; rollups' },
] as const

/**
 * A flag answers its question; else `ask` does, and where nobody is asked, the usual holds.
 * @throws `bad-argument` for a wrong flag; `rpc-unreachable`; `not-found` where nothing can be followed there.
 */
export async function gatherAnswers(options: InitOptions, ask: Ask | null, context: Context): Promise<Answers> {
  const rpc = await urlOf(options, ask)
  const node = openRpc(rpc)
  try {
    const chainId = Number(await node.request('eth_chainId', []))
    context.say(`the node is of chain ${chainId}\n`)
    const { base, protocols } = await baseOf(node, chainId, options, ask)
    const key = await keyAnswer(options, ask)
    const executor = await executorOf(node, options, ask)
    const via = await viaOf(options, ask, chainId)
    const relays = via === 'bundle' ? await relaysOf(options, ask, chainId) : []
    const limits = await limitsOf(options, ask)
    return { rpc, chainId, base, protocols, key, executor, via, relays, limits }
  } finally {
    node.close()
  }
}

async function urlOf({ rpc }: InitOptions, ask: Ask | null): Promise<string> {
  const form = 'write ws://…, wss://…, http://…, https://…, or the path of an IPC socket'
  const wrong = wrongBy(nodeUrl, form)
  if (rpc !== undefined) return wholePath(checked('--rpc', rpc, wrong))
  if (ask === null) throw new KeeperError('bad-argument', `no node is named: give --rpc, ${form}`)
  return wholePath((await ask.text('Your node', '', wrong)).trim())
}

/** Of a socket, from wherever it is read later; a URL, or a pipe of Windows, as it is. */
function wholePath(rpc: string): string {
  const path = rpc.replace(/^ipc:(\/\/(?=\/))?/i, '')
  return path !== rpc || /^\.{0,2}\//.test(rpc) ? resolve(path) : rpc
}

async function executorOf(rpc: Rpc, { executor }: InitOptions, ask: Ask | null): Promise<Answers['executor']> {
  const wrong = wrongBy((text) => (text === '' ? null : address(String(text))), 'write its address, or nothing')
  const text =
    executor === undefined
      ? ((await ask?.text('The executor, if it is on the chain already (else leave it empty)', '', wrong)) ?? '')
      : checked('--executor', executor, wrong)
  if (text === '') return null
  const at = address(text)
  const data = abi.encodeFunctionData('sink')
  const answer = await rpc.request('eth_call', [{ to: at, data }, 'latest']).catch(() => '0x')
  if (typeof answer !== 'string' || !/^0x0{24}[0-9a-f]{40}$/.test(answer))
    throw new KeeperError(
      'executor-mismatch',
      `there is no executor at ${text} on this chain: leave it out, and deploy one later`,
    )
  return { address: at, sink: `0x${answer.slice(26)}` as Address }
}

async function viaOf({ via }: InitOptions, ask: Ask | null, chainId: number): Promise<Via> {
  const known: readonly string[] = vias.map(({ value }) => value)
  if (via !== undefined)
    return checked('--via', via, (text) => (known.includes(text) ? null : `is none of ${known.join(', ')}`)) as Via
  const [usual, ...others] = chainId === 1 ? vias : vias.toReversed()
  return ask === null || usual === undefined
    ? (usual?.value ?? 'bundle')
    : ask.one('How transactions leave', [usual, ...others])
}

async function relaysOf({ relays }: InitOptions, ask: Ask | null, chainId: number): Promise<readonly string[]> {
  const split = (text: string): readonly string[] =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const wrong = wrongBy((text) => {
    if (split(String(text)).length === 0) throw new KeeperError('bad-argument', 'names no relay')
    return split(String(text)).map(httpUrl)
  }, 'write http or https URLs, with commas between them')
  const usual = chainId === 1 ? relaysOfEthereum.join(',') : ''
  if (relays !== undefined) return split(checked('--relays', relays, wrong))
  if (ask !== null) return split(await ask.text('Relays and builders that take bundles', usual, wrong))
  if (usual === '') throw new KeeperError('bad-argument', 'bundles need a relay: give --relays, or another --via')
  return split(usual)
}

async function limitsOf(options: InitOptions, ask: Ask | null): Promise<Answers['limits']> {
  const wrong = wrongBy(weiOf, 'write wei, or an amount with a unit such as "0.5 ether"')
  const limit = async (flag: string, given: string | undefined, setting: string, question: string): Promise<string> => {
    if (given !== undefined) return checked(flag, given, wrong)
    const usual = String(fields.find(({ name }) => name === setting)?.preset)
    return ask === null ? usual : ask.text(question, usual, wrong)
  }
  return {
    minimumNet: await limit(
      '--minimum-net',
      options.minimumNet,
      'submission.minimumNetWei',
      'Least that must be left after gas and tip',
    ),
    dailyLoss: await limit(
      '--daily-loss',
      options.dailyLoss,
      'guards.dailyLossWei',
      'Loss in a day that stops sending',
    ),
    dailyGas: await limit('--daily-gas', options.dailyGas, 'guards.dailyGasWei', 'Gas in a day that stops sending'),
  }
}

function checked(flag: string, text: string, wrong: (text: string) => string | null): string {
  const what = wrong(text.trim())
  if (what !== null) throw new KeeperError('bad-argument', `${flag} ${what}`)
  return text.trim()
}
