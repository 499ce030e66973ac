import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { createInterface } from 'node:readline'

type Ask = { readonly id: number; readonly method: string }

const known = (chainId: number) => {
  const answer = ({ id, method }: Ask): object => {
    const result = { eth_chainId: `0x${chainId.toString(16)}`, eth_getCode: '0x60', eth_call: '0x' }[method] ?? null
    return { jsonrpc: '2.0', id, result }
  }
  return (asked: Ask | readonly Ask[]): string =>
    JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked as Ask))
}

/** A node that knows its chain's number and has code everywhere, and nothing else. */
export async function startKnownNode(chainId: number): Promise<{ readonly url: string; readonly stop: () => void }> {
  const answer = known(chainId)
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    response.setHeader('content-type', 'application/json')
    response.end(answer(JSON.parse(text)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() }
}

/** The same at a socket of this machine. */
export async function startSocketNode(chainId: number, path: string): Promise<{ readonly stop: () => void }> {
  const answer = known(chainId)
  const server = createSocket((socket) => {
    socket.on('error', () => undefined)
    createInterface(socket).on('line', (line) => socket.write(`${answer(JSON.parse(line))}\n`))
  })
  await new Promise<void>((done) => server.listen(path, done))
  return { stop: () => server.close() }
}
