import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Interface, Wallet } from 'ethers'
import { z } from 'zod'
import { type Address, address, type Hex } from '#core/address.ts'
import { addressText } from '#core/address-text.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type RawBlock, viewAt } from '../src/chain/view.ts'
import type { Capability, Deed, Ground } from './fixture.ts'

const key = z
  .string()
  .describe('a private key, or env:NAME for one in the environment')
  .transform((text, context) => {
    const value = text.startsWith('env:') ? process.env[text.slice(4)] : text
    if (value !== undefined && /^0x[0-9a-fA-F]{64}$/.test(value)) return value as Hex
    context.addIssue(`${text.startsWith('env:') ? text : 'a key'} is no private key: 0x and 64 hex digits are needed`)
    return z.NEVER
  })

/** What `conformance --addresses` reads. The rest of it is the strategy's own. */
const file = z.strictObject({
  liquidator: key,
  rival: key,
  actors: z.array(key).min(1).describe('users of the protocol, with native currency'),
  bank: key.describe('holds enough of every token to hand out'),
  others: z.array(key).default([]).describe('more who can be spoken for, as an administrator'),
  prices: z
    .record(
      addressText,
      z.strictObject({
        from: key,
        to: addressText,
        function: z
          .string()
          .regex(/^\w+\(.+\)$/, 'a function and its types are needed: setAnswer(int256)')
          .describe(
            'takes the answer alone, setAnswer(int256); or the next round and the answer, submit(uint256,int256)',
          ),
      }),
    )
    .default({})
    .describe('how each feed is made to answer'),
  deployment: z.unknown().describe('addresses as the strategy wants them'),
})
type OutsideFile = z.infer<typeof file>

/** @throws `bad-argument` naming what is wrong in the file; keys are never repeated. */
export function readOutsideFile(path: string): OutsideFile {
  try {
    const found = file.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    if (found.success) return found.data
    const issues = found.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`)
    throw new KeeperError('bad-argument', `${path}: ${issues.join('; ')}`)
  } catch (cause) {
    if (cause instanceof KeeperError) throw cause
    throw new KeeperError('bad-argument', `${path} cannot be read as JSON`, { cause })
  }
}

const token = new Interface(['function transfer(address to, uint256 units)'])
const patienceMs = 180_000

/** A chain given from outside, with keys of funded accounts. What it offers beyond that is found by asking. */
export async function outsideGround(rpc: Rpc, given: OutsideFile): Promise<Ground> {
  const signers = signersOf(given)
  const chainId = BigInt((await rpc.request('eth_chainId', [])) as Hex)
  const can = await capabilities(rpc, given)
  const nonces = new Map<Address, number>()
  const waiting: Hex[] = []
  const send = async (deed: Deed): Promise<Hex> => {
    const signer = signers.get(deed.from)
    if (signer === undefined) throw new KeeperError('bad-argument', `${deed.from} has no key in the file`)
    const nonce = nonces.get(deed.from) ?? (await countOf(rpc, deed.from))
    nonces.set(deed.from, nonce + 1)
    const hash = (await rpc.request('eth_sendRawTransaction', [await signed(rpc, signer, deed, chainId, nonce)])) as Hex
    waiting.push(hash)
    return hash
  }
  const mine = async (timestamp?: number): Promise<View> => {
    if (timestamp !== undefined) await rpc.request('evm_setNextBlockTimestamp', [timestamp])
    if (can.has('time')) await rpc.request('evm_mine', [])
    for (const hash of waiting.splice(0)) await receiptOf(rpc, hash)
    // A block undone takes its nonces with it.
    if (can.has('rewind')) nonces.clear()
    const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
    return viewAt(rpc, hash as Hex)
  }
  const of = (privateKey: Hex): Address => address(new Wallet(privateKey).address.toLowerCase())
  return {
    rpc,
    can: (what) => can.has(what),
    speaksFor: (who) => signers.has(who),
    actors: given.actors.map(of),
    liquidator: of(given.liquidator),
    rival: of(given.rival),
    send,
    mine,
    settle: async (deeds, timestamp) => {
      const hashes: Hex[] = []
      for (const deed of deeds) hashes.push(await send(deed))
      const view = await mine(timestamp)
      for (const [at, hash] of hashes.entries()) {
        const { status } = await receiptOf(rpc, hash)
        const { from, to, data } = deeds[at] as Deed
        if (status !== '0x1') throw new KeeperError('reverted', `${data.slice(0, 10)} from ${from} to ${to} reverted`)
      }
      return view
    },
    gift: (what, to, units) => [
      { from: of(given.bank), to: what, data: token.encodeFunctionData('transfer', [to, units]) as Hex },
    ],
    price: async (feed, answer) => {
      const setter = given.prices[feed]
      if (setter === undefined) throw new KeeperError('bad-argument', `prices does not say how ${feed} is set`)
      const abi = new Interface([`function ${setter.function}`])
      const [fragment] = abi.fragments
      const rounds = fragment?.inputs.length === 2 ? [await nextRound(rpc, setter.to)] : []
      const data = abi.encodeFunctionData(nameOf(setter.function), [...rounds, answer]) as Hex
      return { from: of(setter.from), to: setter.to, data }
    },
  }
}

const latestRound = new Interface(['function latestRound() view returns (uint256)']).encodeFunctionData('latestRound')

const nextRound = async (rpc: Rpc, to: Address): Promise<bigint> =>
  BigInt((await rpc.request('eth_call', [{ to, data: latestRound }, 'pending'])) as Hex) + 1n

const nameOf = (text: string): string => text.slice(0, text.indexOf('('))

function signersOf(given: OutsideFile): ReadonlyMap<Address, Wallet> {
  const setters = Object.values(given.prices).map(({ from }) => from)
  const keys = [given.liquidator, given.rival, given.bank, ...given.actors, ...given.others, ...setters]
  return new Map(keys.map((one) => new Wallet(one)).map((wallet) => [address(wallet.address.toLowerCase()), wallet]))
}

async function capabilities(rpc: Rpc, { prices }: OutsideFile): Promise<ReadonlySet<Capability>> {
  const found = new Set<Capability>()
  if (Object.keys(prices).length > 0) found.add('prices')
  const answers = async (method: string, params: readonly unknown[]): Promise<unknown> =>
    rpc.request(method, params).catch(() => undefined)
  const mark = await answers('evm_snapshot', [])
  if (mark !== undefined && (await answers('evm_revert', [mark])) === true) found.add('rewind')
  if (found.has('rewind') && (await answers('evm_setAutomine', [false])) !== undefined) found.add('time')
  return found
}

const countOf = async (rpc: Rpc, who: Address): Promise<number> =>
  Number(await rpc.request('eth_getTransactionCount', [who, 'pending']))

async function signed(rpc: Rpc, wallet: Wallet, deed: Deed, chainId: bigint, nonce: number): Promise<string> {
  const { baseFeePerGas = '0x0' } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
  const { to, data, value = 0n } = deed
  const fees = { maxFeePerGas: BigInt(baseFeePerGas) * 4n + 1_000_000_000n, maxPriorityFeePerGas: 100_000_000n }
  return wallet.signTransaction({ ...{ to, data, value, nonce, chainId, type: 2, gasLimit: 8_000_000n }, ...fees })
}

/** Waits for it. @throws `bad-answer` where it is in no block after three minutes. */
async function receiptOf(rpc: Rpc, hash: Hex): Promise<{ readonly status: string }> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await sleep(500)) {
    const found = (await rpc.request('eth_getTransactionReceipt', [hash])) as { readonly status: string } | null
    if (found !== null) return found
  }
  throw new KeeperError('bad-answer', `${hash} is in no block after ${patienceMs / 1_000} seconds`)
}
