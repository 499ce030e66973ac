import { KeeperError } from '#core/error.ts'
import { type Connection, keepOpen } from './connection.ts'
import { readNotice, rewritten, type Taker } from './notice.ts'
import { type Answer, answerOf, askText, pages, parsed, type Rpc, refused, resultOf, unreachable } from './rpc.ts'

/**
 * JSON-RPC over one connection that is kept open. A request's bytes are handed to the system before `request` returns,
 * so a transaction is on its way without anything being awaited.
 */
export interface SocketRpc extends Rpc {
  /** Ends with the connection it was made on. Notices may be taken before this resolves. @throws as `request`. */
  readonly subscribe: <Value>(params: readonly unknown[], taker: Taker<Value>) => Promise<Subscription>
  readonly watch: Connection['watch']
  readonly reopen: Connection['reopen']
}
export type Subscription = { readonly cancel: () => void }
export type SocketOptions = {
  readonly timeoutMs?: number
  readonly batchLimit?: number
  /** Told of messages that nobody can read. */
  readonly onUnread?: (error: KeeperError) => void
}
type Answers = Answer | readonly Answer[]
type Waiting = {
  readonly text: string
  readonly answered: (answers: Answers) => void
  readonly failed: (error: KeeperError) => void
}

/** `ws://`, `wss://`, `ipc:` or a path. What is asked keeps the process alive until it is answered, and nothing else does. */
export function socketRpc(url: string, options: SocketOptions = {}): SocketRpc {
  const { timeoutMs = 10_000, batchLimit = 200, onUnread = () => undefined } = options
  const takers = new Map<string, Taker>()
  const questions = createQuestions(url, timeoutMs)
  const connection = keepOpen(url, (bytes) => {
    try {
      if (!heardNotice(bytes, takers)) questions.settle(parsed(url, bytes.toString('utf8')) as Answers)
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error
      onUnread(error)
    }
  })
  connection.watch({
    opened: () => {
      for (const text of questions.texts()) connection.send(text)
    },
    lost: (error) => {
      takers.clear()
      questions.fail(error)
    },
  })
  let count = 0
  const single = async (method: string, params: readonly unknown[], first?: (answers: Answers) => void) => {
    count += 1
    const text = askText({ method, params }, count)
    const answer = questions.add(count, text, first)
    connection.send(text)
    return resultOf(method, (await answer) as Answer)
  }
  return {
    url,
    requests: () => count,
    request: (method, params) => single(method, params),
    batch: async (asks) => {
      const first = count + 1
      count += asks.length
      const answers: (unknown | KeeperError)[] = []
      const texts = asks.map((part, at) => askText(part, first + at))
      for (const part of pages(texts, batchLimit)) {
        const text = `[${part.join(',')}]`
        const answer = questions.add(first + answers.length, text)
        connection.send(text)
        const got = await answer
        if (!Array.isArray(got))
          throw refused('batch', (got as Answer).error ?? { message: 'batches are not answered' })
        const byId = new Map((got as Answer[]).map((one) => [one.id, one]))
        for (let at = answers.length, to = at + part.length; at < to; at += 1)
          answers.push(answerOf(asks[at]?.method ?? '', byId.get(first + at)))
      }
      return answers
    },
    subscribe: async (params, taker) => {
      // Before anything else is heard: the first notices may come in the same bytes as the answer.
      const name = await single('eth_subscribe', params, (answers) => {
        const { result } = answers as Answer
        if (typeof result === 'string') takers.set(result, taker as Taker)
      })
      return {
        cancel: () => {
          if (takers.delete(String(name))) single('eth_unsubscribe', [name]).catch(() => undefined)
        },
      }
    },
    watch: connection.watch,
    reopen: connection.reopen,
    close: connection.close,
  }
}

/** What waits for an answer, by the id of the question, of a batch the first. */
function createQuestions(url: string, timeoutMs: number) {
  const waiting = new Map<number, Waiting>()
  return {
    texts: (): readonly string[] => [...waiting.values()].map(({ text }) => text),
    add: (id: number, text: string, first?: (answers: Answers) => void): Promise<Answers> =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer)
          waiting.delete(id)
        }
        const failed = (error: KeeperError): void => {
          done()
          reject(error)
        }
        const timer = setTimeout(() => failed(unreachable(url, `no answer in ${timeoutMs} ms`)), timeoutMs)
        const answered = (answers: Answers): void => {
          done()
          first?.(answers)
          resolve(answers)
        }
        waiting.set(id, { text, answered, failed })
      }),
    settle: (answers: Answers): void => {
      const parts = Array.isArray(answers) ? (answers as readonly Answer[]) : [answers as Answer]
      const asked = parts.map((one) => waiting.get(Number(one?.id))).find((one) => one !== undefined)
      // What is refused without a word of what is meant, is the oldest: a batch as a whole.
      const meant = asked ?? (parts[0]?.id === null ? [...waiting.values()][0] : undefined)
      meant?.answered(answers)
    },
    fail: (error: KeeperError): void => {
      for (const one of [...waiting.values()]) one.failed(error)
    },
  }
}

/** Nearly always in one pass; a notice that is written with escapes is written anew first. */
function heardNotice(bytes: Buffer, takers: ReadonlyMap<string, Taker>): boolean {
  const takerOf = (name: string): Taker | undefined => takers.get(name)
  try {
    return readNotice(bytes, takerOf)
  } catch (error) {
    const plain = rewritten(bytes)
    if (plain === null) throw error
    return readNotice(plain, takerOf)
  }
}
