import { type ChildProcess, fork } from 'node:child_process'
import { KeeperError } from '#core/error.ts'
import { errorOf, type Failure } from './jobs.ts'

/** What a child says: that it lives, or what became of what it was given. */
export type Word = { readonly alive: true } | { readonly result: string } | { readonly failure: Failure }

export type CrewParts = {
  /** The module a child runs; it calls `serve`. */
  readonly module: URL
  /** Its first message: all it needs to begin. */
  readonly start: unknown
  readonly count: number
  /** A child that says nothing for so long is ended. */
  readonly silentMs?: number
}
/** One child at a time: another takes its place where it dies, when there is more to do. */
export type Hand = {
  /** @throws what the child threw, and `worker-lost` (retryable) where it died of it. */
  readonly perform: (body: string) => Promise<string>
  readonly pid: () => number | null
}
export type Crew = { readonly hands: readonly Hand[]; readonly close: () => Promise<void> }

const silentMsUsual = 60_000

/** Processes of this machine that work in parallel: one that runs out of memory, or is killed, takes no other with it. */
export function openCrew(parts: CrewParts): Crew {
  const all = Array.from({ length: parts.count }, () => createHand(parts))
  return {
    hands: all.map(({ hand }) => hand),
    close: async () => {
      await Promise.all(all.map(({ close }) => close()))
    },
  }
}

function createHand({ module, start, silentMs = silentMsUsual }: CrewParts) {
  let child: ChildProcess | null = null
  const begin = (): ChildProcess => {
    const born = fork(module, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], serialization: 'advanced' })
    // What it dies of is told by `exit`; a message it could not be sent is one it never answers.
    born.on('error', () => undefined)
    born.on('exit', () => {
      if (child === born) child = null
    })
    born.send(start as object, () => undefined)
    return born
  }
  const perform = async (body: string): Promise<string> => {
    child ??= begin()
    return answerOf(child, body, silentMs)
  }
  const close = async (): Promise<void> => {
    const last = child
    if (last === null) return
    const gone = new Promise((resolve) => last.once('exit', resolve))
    last.kill('SIGKILL')
    await gone
  }
  return { hand: { perform, pid: () => child?.pid ?? null }, close }
}

function answerOf(child: ChildProcess, body: string, silentMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const silence = setTimeout(() => child.kill('SIGKILL'), silentMs)
    const end = (): void => {
      clearTimeout(silence)
      child.off('message', onWord)
      child.off('exit', onExit)
    }
    const onWord = (message: unknown): void => {
      const word = message as Word
      silence.refresh()
      if ('alive' in word) return
      end()
      if ('result' in word) resolve(word.result)
      else reject(errorOf(word.failure))
    }
    const onExit = (code: number | null, signal: string | null): void => {
      end()
      reject(lost(code === null ? `was ended by ${signal}` : `ended with ${code}`))
    }
    child.on('message', onWord)
    child.on('exit', onExit)
    child.send({ body }, (error) => {
      if (error === null) return
      end()
      child.kill('SIGKILL')
      reject(lost(`cannot be spoken to: ${error.message}`))
    })
  })
}

const lost = (how: string): KeeperError =>
  new KeeperError('worker-lost', `a worker ${how} before its job was done: another takes it`, { retryable: true })
