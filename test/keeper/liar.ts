import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listen } from '../../sandbox/listen.ts'
import { bodyOf } from '../../sandbox/proxy.ts'
import type { Config } from '../../src/config/config.ts'

type Part = { readonly id: unknown; readonly method: string; readonly params: readonly unknown[] }
type Answer = { readonly id: unknown; readonly result?: unknown; readonly error?: unknown }

export type Liar = {
  /** The configuration, with the node behind the liar. */
  readonly before: (config: Config) => Config
  /** What is answered instead of the node's own answer; `undefined`: an answer without a result. */
  lie: ((part: Part, answer: Answer) => Answer) | null
  readonly stop: () => Promise<void>
}

/** A node that answers in good form, and not the truth. */
export async function startLiar(nodeUrl: string): Promise<Liar> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    const asked = JSON.parse(body) as Part | readonly Part[]
    const headers = { 'content-type': 'application/json' }
    const ask = (): Promise<Response> => fetch(nodeUrl, { method: 'POST', headers, body })
    // An idle connection the node has just closed: asked once more, on a new one.
    const answered = (await (await ask().catch(ask)).json()) as Answer | readonly Answer[]
    const parts = Array.isArray(asked) ? (asked as readonly Part[]) : [asked as Part]
    const changed = (Array.isArray(answered) ? (answered as readonly Answer[]) : [answered as Answer]).map((answer) => {
      const part = parts.find(({ id }) => id === answer.id)
      return liar.lie === null || part === undefined ? answer : liar.lie(part, answer)
    })
    response.writeHead(200, headers).end(JSON.stringify(Array.isArray(asked) ? changed : changed[0]))
  }
  const { url, stop } = await listen(server)
  const liar: Liar = {
    before: (config) => ({ ...config, chain: { ...config.chain, rpc: url } }),
    lie: null,
    stop,
  }
  return liar
}
