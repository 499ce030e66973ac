import type { Ask, Rpc } from '../../src/chain/rpc.ts'
import { refused } from '../../src/chain/rpc.ts'

/** A node whose answers are a function; `asked` counts what reached it. */
export function scriptedRpc(answer: (ask: Ask) => unknown): Rpc & { readonly asked: Ask[] } {
  const asked: Ask[] = []
  const one = (ask: Ask): unknown => {
    asked.push(ask)
    return answer(ask)
  }
  return {
    url: 'http://scripted',
    asked,
    requests: () => asked.length,
    close: () => undefined,
    request: async (method, params) => {
      const found = one({ method, params })
      if (found instanceof Error) throw found
      return found
    },
    batch: async (asks) => asks.map(one),
  }
}

export const revert = (method: string): Error =>
  refused(method, { code: 3, message: 'execution reverted', data: '0xdead' })
