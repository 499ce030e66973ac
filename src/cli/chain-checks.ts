import { type Address, checksummed } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Ask, Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { type Check, failure, ok, warning } from './check.ts'

type Where = Config['where']

/** The chain's id, first of all: a keeper on another chain signs for money that is not there. @throws `rpc-unreachable`. */
export async function chainCheck(rpc: Rpc, config: Config): Promise<Check> {
  const found = Number(await rpc.request('eth_chainId', []))
  const { id } = config.chain
  if (found === id) return ok('chain', `id ${id}`)
  const say = `${config.where('chain.id')}: chain.id is ${id}, the node answers ${found}`
  return failure('chain', say, `write ${found}, or the node of chain ${id} as chain.rpc`)
}

/** What the keeper asks of a node, each tried. */
export async function nodeChecks(rpc: Rpc, config: Config, nowMs: number): Promise<readonly Check[]> {
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as {
    readonly hash: string
    readonly number: string
    readonly timestamp: string
    readonly baseFeePerGas?: string
  }
  const wrapped = config.chain.wrappedNative
  const decimals = { to: wrapped, data: '0x313ce567' }
  const at = { blockHash: head.hash }
  const asks: readonly Ask[] = [
    { method: 'eth_getCode', params: [wrapped, 'latest'] },
    { method: 'eth_call', params: [decimals, at] },
    { method: 'eth_getLogs', params: [{ address: [wrapped], fromBlock: head.number, toBlock: head.number }] },
    { method: 'eth_getStorageAt', params: [wrapped, '0x0', at] },
    { method: 'eth_simulateV1', params: [{ blockStateCalls: [{ calls: [decimals] }] }, 'latest'] },
  ]
  const [code, called, logs, storage, simulated] = await rpc.batch(asks)
  return [
    ok('batches', 'several requests in one are answered'),
    headCheck(Number(head.timestamp), Number(head.number), config.chain.blockSeconds, nowMs),
    wrappedCheck(wrapped, code, called, config.where),
    feature('reads by block hash', called, storage),
    feature('logs', logs),
    simulated instanceof KeeperError
      ? warning(
          'simulation',
          'eth_simulateV1 is refused',
          'use a node that has it, or set submission.simulate to false',
        )
      : ok('simulation', 'eth_simulateV1 is answered'),
    head.baseFeePerGas === undefined
      ? failure('base fee', 'blocks have none', 'Plimsoll sends EIP-1559 transactions: use a chain that has them')
      : ok('base fee', `${BigInt(head.baseFeePerGas)} wei`),
  ]
}

function headCheck(timestamp: number, number: number, blockSeconds: number, nowMs: number): Check {
  const age = Math.round(nowMs / 1_000 - timestamp)
  if (age > 5 * blockSeconds)
    return warning('head', `block ${number} is ${age} seconds old`, 'wait until the node is synced, or ask another')
  if (age < -30)
    return warning('head', `block ${number} is ${-age} seconds ahead of this clock`, 'set this clock right')
  return ok('head', `block ${number}, ${Math.max(0, age)} seconds old`)
}

function wrappedCheck(wrapped: Address, code: unknown, decimals: unknown, where: Where): Check {
  const name = 'wrapped native'
  const line = where('chain.wrappedNative')
  if (code === '0x' || code === undefined || code instanceof KeeperError)
    return failure(name, `${line}: there is no contract at ${checksummed(wrapped)}`, 'write its address on this chain')
  if (typeof decimals !== 'string' || !/^0x[0-9a-f]+$/i.test(decimals) || BigInt(decimals) !== 18n)
    return failure(
      name,
      `${line}: ${checksummed(wrapped)} is no token of 18 decimals`,
      'write the wrapped native token',
    )
  return ok(name, checksummed(wrapped))
}

function feature(name: string, ...answers: readonly unknown[]): Check {
  const refused = answers.find((answer) => answer instanceof KeeperError)
  if (refused === undefined) return ok(name, 'answered')
  return failure(name, (refused as KeeperError).message, 'use a node that answers it: the keeper cannot do without')
}
