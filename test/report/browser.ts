import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

type Message = { readonly id?: number; readonly method?: string; readonly params?: object; readonly result?: unknown }
export type Browser = {
  /** Opens a file, as a click on it would. */
  readonly open: (path: string) => Promise<void>
  /** What an expression comes to in the page, as JSON has it. */
  readonly run: <T>(expression: string) => Promise<T>
  readonly press: (key: string) => Promise<void>
  /** Addresses that were asked for, and what the page was refused or failed in. */
  readonly asked: () => readonly string[]
  readonly complaints: () => readonly string[]
  readonly close: () => void
}

/** Where Chromium is; `null` where it is not. */
export function chromium(): string | null {
  const places = (process.env.PATH ?? '').split(delimiter)
  const all = places.flatMap((place) =>
    ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(place, name)),
  )
  return all.find((path) => existsSync(path)) ?? null
}

const quiet = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--remote-debugging-port=0', 'about:blank'],
]

/** Chromium with one page, driven by its own protocol. */
export async function browse(program: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-browser-'))
  const child = spawn(program, [`--user-data-dir=${folder}`, ...quiet], { stdio: ['ignore', 'ignore', 'pipe'] })
  const port = new URL(await addressOf(child)).port
  const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '')
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const waiting = new Map<number, (result: unknown) => void>()
  const heard: Message[] = []
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message
    if (message.id === undefined) heard.push(message)
    else waiting.get(message.id)?.(message.result)
  })
  let count = 0
  const ask = (method: string, params: object = {}): Promise<unknown> => {
    count += 1
    const id = count
    socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => waiting.set(id, resolve))
  }
  const told = (method: string): readonly string[] =>
    heard.filter((one) => one.method === method).map(({ params }) => JSON.stringify(params))
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await ask(`${domain}.enable`)
  return {
    open: async (path) => {
      await ask('Page.navigate', { url: `file://${path}` })
      while (told('Page.loadEventFired').length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    },
    run: async <T>(expression: string) => {
      const answer = (await ask('Runtime.evaluate', { expression, returnByValue: true })) as { result: { value: T } }
      return answer.result.value
    },
    press: async (key) => {
      const text = key === 'Enter' ? '\r' : key
      await ask('Input.dispatchKeyEvent', {
        type: 'keyDown',
        key,
        code: key,
        text,
        windowsVirtualKeyCode: key === 'Enter' ? 13 : 0,
      })
      await ask('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key })
    },
    asked: () => told('Network.requestWillBeSent'),
    complaints: () => [...told('Log.entryAdded'), ...told('Runtime.exceptionThrown')],
    close: () => {
      socket.close()
      child.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
      child.kill()
    },
  }
}

const addressOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the browser ended with ${code}: ${said}`)))
  })
