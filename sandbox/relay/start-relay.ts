import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { id, verifyMessage } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import type { Rpc } from '../../src/chain/rpc.ts'
import { listen } from '../listen.ts'
import { bodyOf } from '../proxy.ts'
import { type Bundle, bundleOf, type PrivateTransaction, quantity } from './bundle.ts'
import { callBundle } from './call-bundle.ts'
import { type RelayFaults, takeFault } from './faults.ts'
import { parseRaw } from './parsed.ts'

/** What the builder may take from. */
export type Offers = { bundles: Bundle[]; privates: PrivateTransaction[] }
export type Relay = {
  readonly url: string
  readonly offers: Offers
  /** Requests by method, whatever their answer. */
  readonly counts: () => Readonly<Record<string, number>>
  readonly stop: () => Promise<void>
}
export type Reply = { readonly result: unknown } | { readonly error: string }
type Body = { readonly id?: unknown; readonly method?: string; readonly params?: readonly unknown[] }
/** A private transaction is tried for so many blocks, at most. */
const PRIVATE_BLOCKS = 25

/**
 * A relay that takes bundles as the Flashbots relay does: signed requests, its limits, its refusals. What it accepts
 * waits in `offers` for the builder.
 */
export async function startRelay(rpc: Rpc, chainId: number, faults: RelayFaults): Promise<Relay> {
  const offers: Offers = { bundles: [], privates: [] }
  const counts: Record<string, number> = {}
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500, json)
      response.end(JSON.stringify({ error: { code: -32603, message: error.message } }))
    })
  })
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await bodyOf(request)
    const body = JSON.parse(text) as Body
    const method = body.method ?? ''
    counts[method] = (counts[method] ?? 0) + 1
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs))
    const answer = (status: number, reply: object): void =>
      void response.writeHead(status, json).end(JSON.stringify({ jsonrpc: '2.0', id: body.id ?? null, ...reply }))
    const error = (status: number, code: number, message: string): void => answer(status, { error: { code, message } })
    const fault = takeFault(faults, method)
    if (fault === 'too-many') return error(429, -32005, 'too many requests')
    if (fault === 'drop') return void request.socket.destroy()
    if (fault === 'hang') return
    if (fault === 'refuse') return error(200, -32000, 'bundle refused')
    const signer = signerOf(request.headers['x-flashbots-signature'], text)
    if (signer === null) return error(403, -32600, 'X-Flashbots-Signature is missing or does not fit the body')
    // The real relay has answered so since 2025, and nothing may be built on them.
    if (/Stats/i.test(method)) return error(403, -32600, 'stats are no longer served')
    const reply = await handle({ rpc, chainId, offers: fault === 'forget' ? nowhere() : offers }, method, body, signer)
    if (fault === 'odd') return answer(200, { result: null })
    if ('error' in reply) return error(200, -32000, reply.error)
    answer(200, reply)
  }
  const { url, stop } = await listen(server)
  return { url, offers, counts: () => ({ ...counts }), stop }
}

const json = { 'content-type': 'application/json' }
const nowhere = (): Offers => ({ bundles: [], privates: [] })
type Context = { readonly rpc: Rpc; readonly chainId: number; readonly offers: Offers }

/** EIP-191 over the hex text of the body's hash, behind the address it must recover to; `null` where it does not. */
function signerOf(header: string | string[] | undefined, body: string): Address | null {
  const [claimed = '', signature = ''] = typeof header === 'string' ? header.split(':') : []
  try {
    const recovered = verifyMessage(id(body), signature).toLowerCase()
    return recovered === claimed.toLowerCase() ? address(recovered) : null
  } catch {
    return null
  }
}

async function handle(context: Context, method: string, body: Body, signer: Address): Promise<Reply> {
  const params = (body.params?.[0] ?? {}) as Record<string, unknown>
  if (method === 'eth_sendBundle') return sendBundle(context, params, signer)
  if (method === 'eth_callBundle') return callBundle(context.rpc, context.chainId, params)
  if (method === 'eth_cancelBundle') return cancelBundle(context.offers, params, signer)
  if (method === 'eth_sendPrivateTransaction') return sendPrivate(context, params, signer)
  if (method === 'eth_cancelPrivateTransaction') return cancelPrivate(context.offers, params, signer)
  return { error: `the method ${method} does not exist` }
}

async function sendBundle(context: Context, params: Record<string, unknown>, signer: Address): Promise<Reply> {
  const { rpc, chainId, offers } = context
  const bundle = bundleOf(params, signer, Number(await rpc.request('eth_blockNumber', [])), chainId)
  if (typeof bundle === 'string') return { error: bundle }
  const replaced = (one: Bundle): boolean => one.signer === signer && one.uuid !== null && one.uuid === bundle.uuid
  offers.bundles = [...offers.bundles.filter((one) => !replaced(one)), bundle]
  return { result: { bundleHash: bundle.hash } }
}

function cancelBundle(offers: Offers, params: Record<string, unknown>, signer: Address): Reply {
  const cancelled = offers.bundles.filter((one) => one.signer === signer && one.uuid === params.replacementUuid)
  offers.bundles = offers.bundles.filter((one) => !cancelled.includes(one))
  return { result: cancelled.map((one) => one.hash) }
}

async function sendPrivate(context: Context, params: Record<string, unknown>, signer: Address): Promise<Reply> {
  const transaction = parseRaw(params.tx, context.chainId)
  if (transaction === null) return { error: 'the transaction cannot be decoded, or is of another chain' }
  const head = Number(await context.rpc.request('eth_blockNumber', []))
  const wanted = quantity(params.maxBlockNumber) ?? head + PRIVATE_BLOCKS
  if (wanted <= head) return { error: `maxBlockNumber ${wanted} is in the past: the head is ${head}` }
  const lastBlock = Math.min(wanted, head + PRIVATE_BLOCKS)
  const others = context.offers.privates.filter((one) => one.transaction.hash !== transaction.hash)
  context.offers.privates = [...others, { transaction, lastBlock, signer }]
  return { result: transaction.hash }
}

function cancelPrivate(offers: Offers, params: Record<string, unknown>, signer: Address): Reply {
  const hash = String(params.txHash).toLowerCase() as Hex
  const kept = offers.privates.filter((one) => one.transaction.hash !== hash || one.signer !== signer)
  const cancelled = kept.length < offers.privates.length
  offers.privates = kept
  return { result: cancelled }
}
