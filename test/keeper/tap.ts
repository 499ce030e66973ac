import { createServer } from 'node:http'
import { listen } from '../../sandbox/listen.ts'
import { bodyOf } from '../../sandbox/proxy.ts'
import type { Config } from '../../src/config/config.ts'

export type Tap = {
  /** The configuration, with everything sent through the tap. */
  readonly before: (config: Config) => Config
  /** Signed transactions that went through, in order, with the block they were for. */
  readonly sent: readonly { readonly raw: string; readonly block: number }[]
  readonly stop: () => Promise<void>
}

/** Stands between a keeper and the relay, passes everything on, and keeps what was sent. */
export async function tapRelay(relayUrl: string): Promise<Tap> {
  const sent: { raw: string; block: number }[] = []
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const { params = [] } = JSON.parse(body) as { params?: readonly Record<string, unknown>[] }
    const { txs = [], tx, blockNumber, maxBlockNumber } = params[0] ?? {}
    for (const raw of [...(txs as readonly string[]), ...(tx === undefined ? [] : [String(tx)])])
      sent.push({ raw, block: Number(blockNumber ?? maxBlockNumber) })
    const signature = String(request.headers['x-flashbots-signature'])
    const headers = { 'content-type': 'application/json', 'x-flashbots-signature': signature }
    const answer = await fetch(relayUrl, { method: 'POST', headers, body }).catch(() => null)
    if (answer === null) return void request.socket.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  const { url, stop } = await listen(server)
  return {
    before: (config) => ({ ...config, submission: { ...config.submission, relays: [{ url, name: 'tap' }] } }),
    sent,
    stop,
  }
}
