import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Ask = { readonly id: number; readonly method: string }

/** A node that knows its chain's number and has code everywhere, and nothing else. */
export async function startKnownNode(chainId: number): Promise<{ readonly url: string; readonly stop: () => void }> {
  const answer = ({ id, method }: Ask): object => {
    const result = { eth_chainId: `0x${chainId.toString(16)}`, eth_getCode: '0x60', eth_call: '0x' }[method] ?? null
    return { jsonrpc: '2.0', id, result }
  }
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const asked = JSON.parse(text) as Ask | readonly Ask[]
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked as Ask)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() }
}
