import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AdmissionSettings } from '../../src/console/admission.ts'
import type { Console } from '../../src/console/console.ts'
import { createConsole } from '../../src/console/create-console.ts'
import { acts, asks } from '../../src/console/routes.ts'

const token = 'a-token-that-nobody-can-guess-0123456789'
/** Stands for everything that a keeper knows and others must not. */
const secret = 'a-figure-that-others-must-not-see'
const reads = [...Object.keys(asks), '/console/events']
const queries: Readonly<Record<string, string>> = {
  '/console/verdict': '?key=v1',
  '/console/position': '?id=0x1',
  '/console/near': '?from=0&count=10',
  '/console/what-if': '?name=ETH&share=-0.1',
}
const bodies: Readonly<Record<string, object>> = {
  '/console/guards/open': { reason: 'odd prices' },
  '/console/guards/close': { name: 'kill', reason: 'all is well' },
  '/console/reload': { reason: 'a new limit' },
}

let window: Console | undefined
let server: Server | undefined
let did: string[]
let nowMs: number
let port: number

async function begin(more: Partial<AdmissionSettings> = {}): Promise<void> {
  window?.close()
  server?.close()
  did = []
  nowMs = 1_000_000
  const quiet = { onJoin: () => undefined, onWatched: () => undefined }
  const own = createConsole({
    ...{ token, read: 'token', hosts: [], isLocalOnly: true, now: () => nowMs, ...quiet },
    ...more,
  })
  const note = (what: string) => async () => void did.push(what)
  const tell = (): { readonly figure: string } => ({ figure: secret })
  own.board.put('head', tell())
  own.attach({
    actions: {
      openGuard: note('open'),
      closeGuard: note('close'),
      reload: async () => {
        did.push('reload')
        return []
      },
    },
    questions: { verdict: tell, position: async () => tell(), near: tell, whatIf: async () => tell() },
  })
  const made = createServer((asked, response) => {
    if (!own.handle(asked, response)) response.writeHead(404).end('not the console')
  })
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  ;[window, server] = [own, made]
  port = (made.address() as AddressInfo).port
}
beforeEach(() => begin())
afterEach(() => {
  window?.close()
  server?.close()
  server?.closeAllConnections()
})

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }
type Ask = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string }

/** As anybody may write it: any path, any header. An answer without an end is read for a moment. */
const send = (path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> =>
  new Promise((done, failed) => {
    const length: Record<string, string> =
      body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = request({ port, host: '127.0.0.1', path, method, headers: { ...length, ...headers } }, (answer) => {
      let text = ''
      const end = () => done({ status: answer.statusCode ?? 0, headers: answer.headers, text })
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
        if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
          end()
          sent.destroy()
        }
      })
      answer.on('end', end)
    })
    sent.on('error', failed)
    sent.end(body)
  })

const own = (): Record<string, string> => ({ origin: `http://127.0.0.1:${port}` })
const shown = (text = token): Record<string, string> => ({ authorization: `Bearer ${text}` })
const json = { 'content-type': 'application/json' }
const all = (): readonly { path: string; ask: Ask }[] => [
  ...reads.map((path) => ({ path: `${path}${queries[path] ?? ''}`, ask: {} })),
  ...Object.keys(acts).map((path) => ({
    path,
    ask: { method: 'POST', headers: { ...own(), ...json }, body: JSON.stringify(bodies[path]) },
  })),
]
const withHeaders = (ask: Ask, headers: Record<string, string>): Ask => ({
  ...ask,
  headers: { ...ask.headers, ...headers },
})

/** It was turned away, nothing was done, and neither figure nor token came back. */
function turnedAway({ status, text }: Answer, statuses: readonly number[], what: string): void {
  expect(statuses, `${what}: ${status} ${text}`).toContain(status)
  expect(text, what).not.toContain(secret)
  expect(text, what).not.toContain(token)
  expect(did, what).toEqual([])
}

describe('a console that is attacked', () => {
  it('does what it is asked for the token: else nothing below would say anything', async () => {
    for (const { path, ask } of all()) {
      const { status, text } = await send(path, withHeaders(ask, shown()))
      expect(status, path).toBe(200)
      if (ask.method !== 'POST') expect(text, path).toContain(secret)
    }
    expect(did).toEqual(['open', 'close', 'reload'])
  })

  it('reveals and changes nothing without the token, or with a wrong one, on any route', async () => {
    const tries = ['', 'x', token.slice(0, -1), `${token}0`, token.toUpperCase(), `${token}, ${token}`]
    for (const { path, ask } of all()) {
      turnedAway(await send(path, ask), [401], path)
      turnedAway(await send(`${path}${path.includes('?') ? '&' : '?'}token=${token}`, ask), [401], `${path} by query`)
      turnedAway(await send(path, withHeaders(ask, { cookie: `token=${token}` })), [401], `${path} by cookie`)
      turnedAway(await send(path, withHeaders(ask, { authorization: `Basic ${token}` })), [401], `${path}, Basic`)
      nowMs += 120_000
      for (const wrong of tries)
        turnedAway(await send(path, withHeaders(ask, shown(wrong))), [401], `${path}: ${wrong}`)
    }
  })

  it('is not asked by another page, whoever holds the token', async () => {
    for (const { path, ask } of all()) {
      for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `http://localhost:${port}`])
        turnedAway(await send(path, withHeaders(ask, { ...shown(), origin })), [403], `${path} from ${origin}`)
      for (const site of ['cross-site', 'same-site'])
        turnedAway(
          await send(path, withHeaders(ask, { ...shown(), 'sec-fetch-site': site })),
          [403],
          `${path}, ${site}`,
        )
    }
    for (const path of Object.keys(acts)) {
      const body = JSON.stringify(bodies[path])
      turnedAway(
        await send(path, { method: 'POST', headers: { ...shown(), ...json }, body }),
        [403],
        `${path}, no origin`,
      )
      // What a form or a picture of another page could send.
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
        turnedAway(
          await send(path, { method: 'POST', headers: { ...own(), ...shown(), 'content-type': type }, body }),
          [400],
          `${path} as ${type}`,
        )
    }
  })

  it('does not answer to a name that is not its own, not even with its page', async () => {
    const names = ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil', '@', 'a b']
    for (const host of names) {
      const origin = `http://${host}`
      for (const { path, ask } of [...all(), { path: '/console', ask: {} }])
        turnedAway(await send(path, withHeaders(ask, { ...shown(), origin, host })), [400, 421], `${path} as ${host}`)
    }
    for (const host of [`localhost:${port}`, `[::1]:${port}`, `127.0.0.1:${port}`, `192.168.1.20:${port}`])
      expect((await send('/console', { headers: { host } })).status, host).toBe(200)
  })

  it('goes by names that were written for it, and by no others', async () => {
    await begin({ hosts: ['keeper.example'] })
    expect((await send('/console', { headers: { host: 'keeper.example' } })).status).toBe(200)
    expect((await send('/console', { headers: { host: 'other.keeper.example' } })).status).toBe(421)
    const headers = { ...shown(), host: 'keeper.example', origin: 'https://keeper.example' }
    expect((await send('/console/events', { headers })).status).toBe(200)
  })

  it('serves the files of its page and nothing else, however the path is written', async () => {
    const paths = [
      ...['/console/../package.json', '/console/..%2fpackage.json', '/console/%2e%2e/%2e%2e/package.json'],
      ...[
        '/console/....//package.json',
        '/console//etc/passwd',
        '/console/page.css/../admission.ts',
        '/console\\page.css',
      ],
      ...[
        '/console/console.ts',
        '/console/page/',
        '/console/__proto__',
        '/console/constructor',
        '/console/%00',
        '/console/',
      ],
      ...['/console/index.html', '/consolex', '/console/PAGE.CSS', '/console/page.css%00.js', '/console/.env'],
    ]
    for (const path of paths) {
      const told = await send(path, { headers: shown() })
      turnedAway(told, [400, 404], path)
      expect(told.text.length, path).toBeLessThan(200)
    }
    expect((await send('/console/page.css')).headers['content-type']).toBe('text/css; charset=utf-8')
  })

  it('takes no long body, no odd one, and no line that would break a file or a log', async () => {
    const post = (body: string, path = '/console/guards/open'): Promise<Answer> =>
      send(path, { method: 'POST', headers: { ...own(), ...shown(), ...json }, body })
    const long = await post(JSON.stringify({ reason: 'x'.repeat(1_000_000) })).catch(() => null)
    if (long !== null) turnedAway(long, [400], 'a long body')
    const chunked = { ...own(), ...shown(), ...json, 'transfer-encoding': 'chunked' }
    const endless = send('/console/guards/open', { method: 'POST', headers: chunked, body: 'x'.repeat(200_000) })
    const told = await endless.catch(() => null)
    if (told !== null) turnedAway(told, [400], 'an endless body')
    for (const body of ['', '[]', 'null', '"open"', '{', '{"reason":1}', '{"reason":"ab"}', '{"reason":{"a":1}}'])
      turnedAway(await post(body), [400], body)
    for (const reason of ['kill\nclose', 'kill\u2028x', 'kill\u0000', '\u001b[2Jkill', 'x'.repeat(401)])
      turnedAway(await post(JSON.stringify({ reason })), [400], reason)
    const lines = JSON.stringify({ name: 'kill\ntoo-good:0x1', reason: 'two at once' })
    turnedAway(await post(lines, '/console/guards/close'), [400], 'two guards in one')
  })

  it('does nothing by GET that is to be done, and nothing by POST that is to be asked', async () => {
    for (const path of Object.keys(acts))
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
        turnedAway(await send(path, { method, headers: { ...own(), ...shown() } }), [405], `${method} ${path}`)
    for (const path of reads)
      turnedAway(
        await send(`${path}${queries[path] ?? ''}`, {
          method: 'POST',
          headers: { ...own(), ...shown(), ...json },
          body: '{}',
        }),
        [404, 405],
        `POST ${path}`,
      )
  })

  it('tells whoever has shown ten wrong tokens to wait, and listens to the right one from the same address', async () => {
    for (let tries = 0; tries < 10; tries += 1)
      expect((await send('/console/near', { headers: shown('wrong') })).status).toBe(401)
    const held = await send('/console/near', { headers: shown('wrong') })
    turnedAway(held, [429], 'the eleventh')
    expect(Number(held.headers['retry-after'])).toBe(60)
    expect((await send('/console/near?from=0&count=1', { headers: shown() })).status).toBe(200)
    nowMs += 60_000
    expect((await send('/console/near', { headers: shown('wrong') })).status).toBe(401)
  })

  it('keeps only so many pages open', async () => {
    const open: { destroy: () => void }[] = []
    const statuses: number[] = []
    for (let pages = 0; pages < 18; pages += 1)
      await new Promise<void>((done) => {
        const sent = request({ port, host: '127.0.0.1', path: '/console/events', headers: shown() }, (answer) => {
          statuses.push(answer.statusCode ?? 0)
          answer.resume()
          done()
        })
        sent.on('error', () => undefined)
        sent.end()
        open.push(sent)
      })
    expect(statuses).toEqual([...Array(16).fill(200), 503, 503])
    for (const one of open) one.destroy()
  })

  it('lets its page do nothing but ask its own origin, and be framed by nobody', async () => {
    const { headers, text } = await send('/console')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
    for (const part of ['frame-ancestors', 'form-action', 'base-uri']) expect(policy).toContain(`${part} 'none'`)
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(text).not.toMatch(/<script>|<style>|\son\w+=|\sstyle=|https?:\/\//)
    expect(text).not.toContain(secret)
  })

  it('open to read, it is still closed to whoever would act', async () => {
    await begin({ read: 'open' })
    expect((await send('/console/near?from=0&count=1')).text).toContain(secret)
    for (const path of Object.keys(acts)) {
      const body = JSON.stringify(bodies[path])
      const { status } = await send(path, { method: 'POST', headers: { ...own(), ...json }, body })
      expect(status, path).toBe(401)
    }
    expect(did).toEqual([])
  })
})
