import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { postJson } from '../../src/execution/post-json.ts'

let close = (): void => undefined
afterEach(() => close())

async function serving(answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void) {
  const sockets = new Set<Socket>()
  const bodies: string[] = []
  const server = createServer((request, response) => {
    sockets.add(request.socket)
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.once('end', () => answer(request, response, bodies.push(body)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  close = () => {
    server.close()
    server.closeAllConnections()
  }
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  return {
    sockets,
    bodies,
    post: (body: string, timeoutMs = 2_000) => postJson(url, { 'x-own': 'ü' }, body, timeoutMs),
  }
}

describe('a post to a relay', () => {
  it('gives status and text, and keeps its connection for the next', async () => {
    const { post, bodies, sockets } = await serving((request, response) => {
      response.writeHead(418).end(`${request.headers['content-type']} ü`)
    })
    for (const body of ['{"a":"ü"}', '{}'])
      expect(await post(body)).toEqual({ status: 418, text: 'application/json ü' })
    expect(bodies).toEqual(['{"a":"ü"}', '{}'])
    expect(sockets.size).toBe(1)
  })

  it('is said again where an idle connection turns out to be closed, once, and on a new one', async () => {
    const { post, bodies } = await serving((request, response, nth) => {
      if (nth === 2) request.socket.resetAndDestroy()
      else response.end('heard')
    })
    expect((await post('1')).text).toBe('heard')
    expect((await post('2')).text).toBe('heard')
    expect(bodies).toEqual(['1', '2', '2'])
  })

  it('fails where a new connection is cut, and where nobody answers in time', async () => {
    const { post, bodies } = await serving((request) => request.socket.resetAndDestroy())
    await expect(post('1')).rejects.toThrow()
    expect(bodies).toEqual(['1'])
    close()
    const silent = await serving(() => undefined)
    await expect(silent.post('1', 50)).rejects.toThrow(/abort|timeout/i)
  })
})
