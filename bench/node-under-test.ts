import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromNode, ToNode } from './trigger-node.ts'

type Sent = Extract<FromNode, { readonly kind: 'sent' }>

/** A mock node in a process of its own. */
export type NodeUnderTest = {
  readonly url: string
  readonly tell: (message: ToNode) => void
  /** Pushes, and resolves with what arrives first; seconds from the push to the arrival. */
  readonly shoot: (message: ToNode) => Promise<Sent & { readonly seconds: number }>
  readonly stop: () => void
}

const patienceMs = 30_000

export async function nodeUnderTest(
  upstream: string,
  answers: Readonly<Record<string, unknown>> = {},
): Promise<NodeUnderTest> {
  const child: ChildProcess = fork(fileURLToPath(new URL('trigger-node.ts', import.meta.url)), [], { execArgv: [] })
  const ready = await heard(child, 'ready')
  const tell = (message: ToNode): void => void child.send(message)
  const begun = heard(child, 'begun')
  tell({ kind: 'begin', upstream, answers })
  await begun
  return {
    url: (ready as Extract<FromNode, { kind: 'ready' }>).url,
    tell,
    shoot: async (message) => {
      const arrival = heard(child, 'sent')
      tell(message)
      const sent = (await arrival) as Sent
      return { ...sent, seconds: Number(sent.ns) / 1e9 }
    },
    stop: () => child.disconnect(),
  }
}

function heard(child: ChildProcess, kind: FromNode['kind']): Promise<FromNode> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the mock node said nothing of ${kind}`)), patienceMs)
    const listen = (message: unknown): void => {
      if ((message as FromNode).kind !== kind) return
      clearTimeout(timer)
      child.off('message', listen)
      resolve(message as FromNode)
    }
    child.on('message', listen)
  })
}
