import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export type Posted = { readonly status: number; readonly text: string }

const plain = { agent: new HttpAgent({ keepAlive: true }), request: httpRequest }
const secure = { agent: new HttpsAgent({ keepAlive: true }), request: httpsRequest }

/**
 * Posts JSON over a connection that is kept open. Where one is, the bytes are written in this turn of the event loop:
 * through `fetch` it takes twice as long until they leave. @throws whatever the network says; nothing is hidden.
 */
export async function postJson(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
): Promise<Posted> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await post(url, headers, body, signal)
  } catch (error) {
    // An idle connection that the other side has just closed heard nothing: said again, on a new one.
    if (!(error instanceof StaleConnection)) throw error
    return post(url, headers, body, signal)
  }
}

class StaleConnection extends Error {}

function post(url: URL, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<Posted> {
  const { agent, request } = url.protocol === 'https:' ? secure : plain
  return new Promise((done, failed) => {
    const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }
    const asked = request(url, { method: 'POST', agent, headers: all, signal }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.once('end', () => done({ status: response.statusCode ?? 0, text }))
      response.once('error', failed)
    })
    asked.once('error', (error: NodeJS.ErrnoException) =>
      failed(asked.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message) : error),
    )
    asked.end(body)
  })
}
