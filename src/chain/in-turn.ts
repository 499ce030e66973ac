import type { Rpc } from './rpc.ts'

/** One request at a time, in the order asked: what is asked next then depends on answers alone, never on their speed. */
export function inTurn(rpc: Rpc): Rpc {
  let last: Promise<unknown> = Promise.resolve()
  const after = <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const answer = last.then(ask)
    last = answer.catch(() => undefined)
    return answer
  }
  return {
    ...rpc,
    request: (method, params) => after(() => rpc.request(method, params)),
    batch: (asks) => after(() => rpc.batch(asks)),
  }
}
