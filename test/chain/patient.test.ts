import { expect, it } from 'vitest'
import { KeeperError } from '#core/error.ts'
import { patient } from '../../src/chain/patient.ts'
import type { Ask, Rpc } from '../../src/chain/rpc.ts'

const busy = new KeeperError('rpc-refused', 'too many requests', { retryable: true })
const refused = new KeeperError('rpc-refused', 'no such method')

/** A node that answers each ask with its method's name, after refusing so many times. */
function node(refusals: number, error: KeeperError): Rpc & { readonly asked: string[] } {
  const asked: string[] = []
  let left = refusals
  const answer = ({ method }: Ask): unknown => {
    asked.push(method)
    if (method !== 'slow' || left === 0) return method
    left -= 1
    return error
  }
  return {
    url: '',
    asked,
    requests: () => asked.length,
    close: () => undefined,
    request: async (method, params) => {
      const one = answer({ method, params })
      if (one instanceof KeeperError) throw one
      return one
    },
    batch: async (asks) => asks.map(answer),
  }
}
const asks = ['a', 'slow', 'b'].map((method) => ({ method, params: [] }))

it('a busy node is asked again, in a batch for what it refused alone', async () => {
  const waits: string[] = []
  const rpc = node(2, busy)
  expect(await patient(rpc, (error) => waits.push(error.message)).batch(asks)).toEqual(['a', 'slow', 'b'])
  expect(rpc.asked).toEqual(['a', 'slow', 'b', 'slow', 'slow'])
  expect(waits).toHaveLength(2)
  expect(await patient(node(1, busy), () => undefined).request('slow', [])).toBe('slow')
})

it('a clear refusal is an answer at once', async () => {
  const rpc = node(1, refused)
  expect(await patient(rpc, () => undefined).batch(asks)).toEqual(['a', refused, 'b'])
  await expect(patient(node(1, refused), () => undefined).request('slow', [])).rejects.toThrow(/no such method/)
  expect(rpc.asked).toHaveLength(3)
})
