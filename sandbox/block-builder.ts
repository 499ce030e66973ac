import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Chosen, chooseOffers } from './choose-offers.ts'
import type { RelayFaults } from './relay/faults.ts'
import { parseRaw } from './relay/parsed.ts'
import { readHead } from './relay/read-head.ts'
import type { BlockShape } from './relay/simulate.ts'
import type { Offers } from './relay/start-relay.ts'
import type { Traffic } from './traffic.ts'

export type Mined = {
  readonly number: number
  readonly hash: Hex
  readonly timestamp: number
  /** Hashes of the bundles, and of the private transactions, that are in the block. */
  readonly bundles: readonly Hex[]
  readonly privates: readonly Hex[]
  /** Offers for this block that are not in it, and why. */
  readonly left: readonly { readonly hash: Hex; readonly why: string }[]
}
/** `timestamp` in seconds, else the parent's and `blockSeconds`; `gas`: what others fill the block up to, where they do. */
export type MineOptions = { readonly timestamp?: number; readonly gas?: bigint }
export type BlockBuilder = {
  readonly mine: (options?: MineOptions) => Promise<Mined>
  /** Resolves when no block is being built. */
  readonly idle: () => Promise<void>
}

/**
 * Builds blocks as a mainnet builder does: bundles for this block by what they pay for each gas, then private
 * transactions, then the mempool in the order it came. What would revert and may not is left out.
 */
export function blockBuilder(options: {
  readonly rpc: Rpc
  readonly chainId: number
  readonly offers: Offers
  readonly faults: RelayFaults
  readonly blockSeconds: number
  /** Puts other people's transactions into the mempool before a block is mined. */
  readonly traffic: Traffic | null
}): BlockBuilder {
  const { rpc, chainId, offers, faults, blockSeconds, traffic } = options
  let last: Promise<unknown> = Promise.resolve()
  const build = async ({ timestamp, gas }: MineOptions): Promise<Mined> => {
    const head = await readHead(rpc)
    const block: BlockShape = {
      number: head.number + 1,
      timestamp: timestamp ?? head.timestamp + blockSeconds,
      baseFee: head.nextBaseFee,
      coinbase: head.coinbase,
    }
    const before = faults.before.flatMap((raw) => parseRaw(raw, chainId) ?? [])
    faults.before = []
    const missed = faults.missBlocks > 0
    if (missed) faults.missBlocks -= 1
    const wanted = missed ? { bundles: [], privates: [] } : offers
    const chosen = await chooseOffers(rpc, block, head.gasLimit, before, wanted)
    if (chosen.first.length > 0) await putFirst(rpc, chainId, chosen)
    if (traffic !== null) await traffic(gas)
    await rpc.request('evm_setNextBlockTimestamp', [block.timestamp])
    await rpc.request('evm_mine', [])
    offers.bundles = offers.bundles.filter((one) => one.block > block.number)
    const gone = new Set(chosen.privates)
    offers.privates = offers.privates.filter(
      (one) =>
        one.lastBlock > block.number && !gone.has(one.transaction.hash) && !chosen.dead.has(one.transaction.hash),
    )
    const mined = await readMined(rpc, block.number, chosen)
    return { ...mined, bundles: chosen.bundles, privates: chosen.privates, left: chosen.left }
  }
  return {
    mine: (options = {}) => {
      const mine = last.then(() => build(options))
      last = mine.catch(() => undefined)
      return mine
    },
    idle: async () => {
      await last
    },
  }
}

type Pooled = Readonly<Record<string, unknown>> & { readonly hash: Hex; readonly from: string; readonly nonce: string }

/** anvil includes in the order of arrival, so what must come first is put in before what was there already. */
async function putFirst(rpc: Rpc, chainId: number, chosen: Chosen): Promise<void> {
  const content = (await rpc.request('txpool_content', [])) as Record<'pending' | 'queued', Record<string, object>>
  const pooled = [content.pending, content.queued].flatMap((part) =>
    Object.values(part).flatMap((byNonce) => Object.values(byNonce) as Pooled[]),
  )
  const order = await arrival(rpc, pooled)
  await rpc.request('anvil_dropAllTransactions', [])
  for (const { raw } of chosen.first) await rpc.request('eth_sendRawTransaction', [raw])
  const taken = new Set(chosen.first.map((one) => `${one.from}:${one.nonce}`))
  for (const { one, raw } of order) {
    if (taken.has(`${one.from}:${Number(one.nonce)}`)) continue
    // An impersonated transaction has no signature to send again.
    if (parseRaw(raw, chainId)?.from === one.from) await rpc.request('eth_sendRawTransaction', [raw])
    else await rpc.request('eth_sendTransaction', [unsigned(one)])
  }
}

/** The pool's content does not say what came first; the pending block does, and the rest follows by nonce. */
async function arrival(rpc: Rpc, pooled: readonly Pooled[]): Promise<readonly { one: Pooled; raw: unknown }[]> {
  if (pooled.length === 0) return []
  const pending = (await rpc.request('eth_getBlockByNumber', ['pending', false])) as { transactions: readonly Hex[] }
  const place = new Map(pending.transactions.map((hash, index) => [hash, index]))
  const sorted = [...pooled].sort(
    (a, b) => (place.get(a.hash) ?? 1e9) - (place.get(b.hash) ?? 1e9) || Number(a.nonce) - Number(b.nonce),
  )
  const raws = await rpc.batch(sorted.map(({ hash }) => ({ method: 'eth_getRawTransactionByHash', params: [hash] })))
  return sorted.map((one, index) => ({ one, raw: raws[index] }))
}

function unsigned(one: Pooled): object {
  const { from, to, gas, value, input, nonce, maxFeePerGas, maxPriorityFeePerGas } = one
  return { from, to, gas, value, data: input, nonce, maxFeePerGas, maxPriorityFeePerGas }
}

type BlockReceipt = { readonly transactionHash: Hex; readonly status: string }

/** @throws `bad-answer` where the block is not the one that was built: then the builder is wrong, and no test may go on. */
async function readMined(
  rpc: Rpc,
  number: number,
  chosen: Chosen,
): Promise<{ readonly number: number; readonly hash: Hex; readonly timestamp: number }> {
  const at = `0x${number.toString(16)}`
  const block = (await rpc.request('eth_getBlockByNumber', [at, false])) as { hash: Hex; timestamp: string }
  const receipts = (await rpc.request('eth_getBlockReceipts', [at])) as readonly BlockReceipt[]
  chosen.first.forEach((one, index) => {
    const receipt = receipts[index]
    if (receipt?.transactionHash !== one.hash || (receipt.status !== '0x1' && chosen.mustSucceed.has(one.hash)))
      throw new KeeperError('bad-answer', `block ${number} is not as built: ${one.hash} should be at ${index}`)
  })
  return { number, hash: block.hash, timestamp: Number(block.timestamp) }
}
