import type { IncomingMessage, ServerResponse } from 'node:http'
import { isKeeperError } from '#core/error.ts'
import { type AdmissionSettings, createAdmission, type Refusal } from './admission.ts'
import { createBoard, jsonOf } from './board.ts'
import type { Console } from './console.ts'
import { pageFiles } from './page-files.ts'
import { readJson } from './read-json.ts'
import { acts, asks, type Keeper } from './routes.ts'
import { createStreams } from './streams.ts'

export type ConsoleSettings = AdmissionSettings & {
  /** Somebody is about to look: the board is to be as things are. */
  readonly onJoin: () => void
  /** Somebody began to look. */
  readonly onWatched: () => void
}

/** The page asks its own origin alone, runs its own files alone, and may be in nobody's frame. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not `no-referrer`: with it a browser names no origin to us either.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-store',
}

export function createConsole(settings: ConsoleSettings): Console {
  const admission = createAdmission(settings)
  const [board, streams, files] = [createBoard(), createStreams(), pageFiles()]
  let keeper: Keeper | null = null

  const listen = (response: ServerResponse): void => {
    settings.onJoin()
    // What is new is told to those that are here already; who comes now has it with all the rest.
    streams.tell(board.takeNews())
    if (streams.open(response, board.all())) settings.onWatched()
    else refuse(response, { status: 503, error: 'too many pages are open: close one', retryAfterSeconds: 10 })
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://console')
    const isGet = request.method === 'GET' || request.method === 'HEAD'
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const file = files.get(pathname)
    const act = acts[pathname]
    const refusal =
      file !== undefined && isGet
        ? admission.toPage(request)
        : isGet && act === undefined
          ? admission.toRead(request)
          : admission.toAct(request)
    if (refusal !== null) return refuse(response, refusal)
    if (file !== undefined && isGet)
      return void response
        .writeHead(200, { 'content-type': file.type, 'cache-control': 'no-cache' })
        .end(request.method === 'HEAD' ? undefined : file.body)
    if (pathname === '/console/events' && request.method === 'GET') return listen(response)
    const ask = asks[pathname]
    if ((ask === undefined || !isGet) && (act === undefined || request.method !== 'POST'))
      return refuse(
        response,
        (ask ?? act) ? { status: 405, error: 'not that way' } : { status: 404, error: 'not here' },
      )
    if (keeper === null) return refuse(response, { status: 503, error: 'the keeper is starting', retryAfterSeconds: 2 })
    const told = act === undefined ? ask?.(keeper, searchParams) : await act(keeper, await readJson(request))
    reply(response, 200, (await told) ?? (act === undefined ? null : { done: true }))
  }
  return {
    board,
    handle: (request, response) => {
      if (!/^\/console([/?]|$)/.test(request.url ?? '')) return false
      answer(request, response).catch((error: unknown) => refuse(response, refusalOf(error)))
      return true
    },
    isWatched: () => streams.count() > 0,
    flush: () => streams.tell(board.takeNews()),
    attach: (one) => {
      keeper = one
    },
    close: streams.close,
  }
}

const statuses: Readonly<Record<string, number>> = {
  'bad-argument': 400,
  'not-found': 404,
  unsupported: 501,
}

/** Only what was said for people is told; a fault of ours is not. */
const refusalOf = (error: unknown): Refusal =>
  isKeeperError(error)
    ? { status: statuses[error.code] ?? 500, error: error.message }
    : { status: 500, error: 'the console failed: the log may say why' }

function reply(response: ServerResponse, status: number, body: unknown, more: Record<string, string> = {}): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...more }).end(jsonOf(body))
}

const refuse = (response: ServerResponse, { status, error, retryAfterSeconds }: Refusal): void =>
  reply(
    response,
    status,
    { error },
    {
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      // What was sent and not read must not be taken for another request.
      connection: 'close',
    },
  )
