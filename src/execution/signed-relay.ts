import type { Signer } from '#core/signer.ts'
import { postJson } from './post-json.ts'
import { acceptance, doubt, type Relay, type RelayAnswer, refusal } from './relay.ts'
import { relayHeader } from './relay-header.ts'

/** How long a builder may take to answer before its word no longer matters. */
export const relayTimeoutMs = 3_000

/** Any other builder that speaks `eth_sendBundle`, with the same signed header as Flashbots. */
export function signedRelay(options: { readonly name: string; readonly url: string; readonly auth: Signer }): Relay {
  const { name, url, auth } = options
  const ask = async (method: string, params: unknown): Promise<RelayAnswer> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [params] })
    try {
      const headers = { 'x-flashbots-signature': relayHeader(auth, body) }
      const { status, text } = await postJson(new URL(url), headers, body, relayTimeoutMs)
      return read(status, text)
    } catch (error) {
      return doubt(error instanceof Error ? error.message : String(error))
    }
  }
  return {
    name,
    sendBundle: (raw, block) => ask('eth_sendBundle', { txs: raw, blockNumber: `0x${block.toString(16)}` }),
    sendPrivate: (raw, lastBlock) =>
      ask('eth_sendPrivateTransaction', { tx: raw, maxBlockNumber: `0x${lastBlock.toString(16)}` }),
  }
}

function read(status: number, text: string): RelayAnswer {
  let parsed: { result?: unknown; error?: { message?: string } }
  try {
    parsed = JSON.parse(text) as typeof parsed
  } catch {
    return doubt(`HTTP ${status}: ${text.slice(0, 80)}`)
  }
  if (parsed.error !== undefined) return refusal(parsed.error.message ?? `HTTP ${status}`)
  return parsed.result === undefined || parsed.result === null
    ? doubt(`HTTP ${status} without a result`)
    : acceptance(JSON.stringify(parsed.result))
}
