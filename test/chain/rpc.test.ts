import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { httpRpc } from '../../src/chain/rpc.ts'

/** A node that answers every request with the header it was sent. */
const server = createServer((request, response) =>
  response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: request.headers.authorization ?? 'none' })),
)
let port = 0

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as { port: number }).port
})
afterAll(() => server.close())

describe('a node behind a password', () => {
  it('is sent the name and password of its URL as a header', async () => {
    const rpc = httpRpc(`http://keeper:p%40ss@127.0.0.1:${port}/v2/key`)
    expect(await rpc.request('eth_chainId', [])).toBe(`Basic ${Buffer.from('keeper:p@ss').toString('base64')}`)
    expect(await httpRpc(`http://127.0.0.1:${port}`).request('eth_chainId', [])).toBe('none')
  })

  it('is named by its host alone when it cannot be reached', async () => {
    const asked = httpRpc('http://keeper:secret@127.0.0.1:1/v2/key').request('eth_chainId', [])
    await expect(asked).rejects.toThrow(
      /^127\.0\.0\.1:1 cannot be reached \((?!.*(secret|key)).*\): check that the node/,
    )
  })
})
