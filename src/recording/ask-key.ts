import type { Ask } from '../chain/rpc.ts'

/** At which place each method names the block whose state it reads. */
const blockAt: Readonly<Record<string, number>> = {
  eth_call: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
  eth_getStorageAt: 2,
  eth_getProof: 2,
  eth_estimateGas: 1,
  eth_createAccessList: 1,
  eth_simulateV1: 1,
  eth_getBlockByNumber: 0,
  eth_getBlockByHash: 0,
  eth_getBlockReceipts: 0,
  eth_getBlockTransactionCountByNumber: 0,
  eth_getTransactionByBlockNumberAndIndex: 0,
  eth_getUncleCountByBlockNumber: 0,
  debug_traceCall: 1,
  debug_traceBlockByNumber: 0,
  trace_block: 0,
}
/** These end with whether transactions are wanted whole. */
const isBlock = (method: string): boolean => method === 'eth_getBlockByNumber' || method === 'eth_getBlockByHash'
/** What a chain's end is called; in a recording its last block is the end. */
const ends: ReadonlySet<unknown> = new Set(['latest', 'safe', 'finalized'])

/** The same question in one form: hex in lower case, quantities without leading zeros, keys in order, the end by number. */
export function plainAsk({ method, params }: Ask, lastBlock: number): Ask {
  const plain = params.map(lowered)
  const at = blockAt[method]
  if (at !== undefined) plain[at] = plainBlock(plain[at], lastBlock)
  if (isBlock(method)) plain[1] = plain[1] === true
  if (method === 'eth_getStorageAt' || method === 'eth_getProof') plain[1] = slots(plain[1])
  if (method === 'eth_getLogs') plain[0] = plainFilter(plain[0], lastBlock)
  return { method, params: plain }
}

/** By which an answer is found: two asks with one key have the same answer. */
export const keyOf = ({ method, params }: Ask): string => JSON.stringify([method, ...params])

/** What to call an ask in a message, with the block it is about. */
export function nameOf({ method, params }: Ask): string {
  const at = blockAt[method]
  if (method === 'eth_getLogs') {
    const { blockHash, fromBlock, toBlock } = (params[0] ?? {}) as Readonly<Record<string, unknown>>
    if (blockHash !== undefined) return `${method} of block ${blockHash}`
    return `${method} of blocks ${numberText(fromBlock)} to ${numberText(toBlock)}`
  }
  if (at === undefined) return params.length === 0 ? method : `${method} of ${JSON.stringify(params[0])?.slice(0, 80)}`
  const block = params[at]
  const of = block !== null && typeof block === 'object' ? Object.values(block)[0] : numberText(block)
  return `${method} at block ${of}`
}

/** The same question where the block is named the other way: by its number, or by its hash. */
export function otherWays(
  { method, params }: Ask,
  blocks: {
    readonly numberOf: (hash: string) => number | undefined
    readonly hashOf: (number: number) => string | undefined
  },
): readonly Ask[] {
  const at = blockAt[method]
  if (at === undefined) return []
  const named = params[at]
  const put = (block: unknown, as = method): Ask => ({
    method: as,
    params: params.map((one, index) => (index === at ? block : one)),
  })
  const hash = hashIn(named)
  const number = hash === undefined ? Number(named) : blocks.numberOf(hash)
  const other = hash ?? (number === undefined ? undefined : blocks.hashOf(number))
  const isKnown = number !== undefined && other !== undefined
  if (!isKnown) return []
  const quantity = `0x${number.toString(16)}`
  if (isBlock(method)) return [put(quantity, 'eth_getBlockByNumber'), put(other, 'eth_getBlockByHash')]
  return [hash === undefined ? put({ blockHash: other }) : put(quantity)]
}

const hashIn = (block: unknown): string | undefined => {
  if (typeof block === 'string') return block.length === 66 ? block : undefined
  const { blockHash } = (block ?? {}) as { readonly blockHash?: string }
  return blockHash
}

function plainBlock(block: unknown, lastBlock: number): unknown {
  if (block === undefined || block === null || ends.has(block)) return quantityOf(lastBlock)
  if (block === 'earliest') return '0x0'
  if (typeof block === 'string') return block.length === 66 ? block : quantityOf(block)
  const { blockHash, blockNumber } = block as { readonly blockHash?: string; readonly blockNumber?: string }
  return blockHash === undefined ? plainBlock(blockNumber, lastBlock) : { blockHash }
}

function plainFilter(filter: unknown, lastBlock: number): unknown {
  const { blockHash, fromBlock, toBlock, ...rest } = (filter ?? {}) as Readonly<Record<string, unknown>>
  if (blockHash !== undefined) return { blockHash, ...rest }
  return { fromBlock: plainBlock(fromBlock, lastBlock), toBlock: plainBlock(toBlock, lastBlock), ...rest }
}

/** A slot is asked for as a number by some and as a word by others. */
const slots = (slot: unknown): unknown =>
  Array.isArray(slot)
    ? slot.map(slots)
    : typeof slot === 'string'
      ? `0x${slot.replace(/^0x/, '').padStart(64, '0')}`
      : slot

const quantityOf = (block: number | string): string =>
  typeof block === 'string' && !/^0x[0-9a-f]+$/.test(block) ? block : `0x${BigInt(block).toString(16)}`

const numberText = (block: unknown): string =>
  /^0x[0-9a-f]{1,16}$/.test(String(block)) ? String(Number(block)) : String(block)

function lowered(value: unknown): unknown {
  if (typeof value === 'string') return /^0x[0-9a-f]*$/i.test(value) ? value.toLowerCase() : value
  if (Array.isArray(value)) return value.map(lowered)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, part]) => [key, lowered(part)]))
}
