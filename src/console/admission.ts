import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/** Why a request is turned away: a status, and what to do. */
export type Refusal = { readonly status: number; readonly error: string; readonly retryAfterSeconds?: number }

export type AdmissionSettings = {
  readonly token: string
  /** Whether looking needs the token too; acting always does. */
  readonly read: 'token' | 'open'
  /** Names, beside this machine's own, that a browser may call it by. */
  readonly hosts: readonly string[]
  /** Connections from this machine alone are answered. */
  readonly isLocalOnly: boolean
  readonly now: () => number
}

/** Who may ask. */
export interface Admission {
  /** The page itself, which holds nothing: for who calls it by a name that is its own. */
  readonly toPage: (request: IncomingMessage) => Refusal | null
  readonly toRead: (request: IncomingMessage) => Refusal | null
  readonly toAct: (request: IncomingMessage) => Refusal | null
}

/** So many wrong tokens from one address within so long; whoever shows more is told to wait. */
const wrongMost = 10
const wrongMs = 60_000
/** Addresses whose mistakes are remembered. */
const addressesMost = 1_024

export function createAdmission(settings: AdmissionSettings): Admission {
  const { read, hosts, isLocalOnly, now } = settings
  const expected = digest(settings.token)
  const wrong = new Map<string, { count: number; readonly untilMs: number }>()

  const toPage = (request: IncomingMessage): Refusal | null => {
    if (isLocalOnly && !isLoopback(request.socket.remoteAddress))
      return { status: 403, error: 'the console answers this machine alone: see console.port and console.host' }
    // A name of somebody else's that leads here would make their page our origin.
    const name = nameIn(request.headers.host)
    if (name === null || !(isIP(name) !== 0 || name === 'localhost' || hosts.includes(name)))
      return { status: 421, error: 'the console does not go by that name: add it to console.hosts' }
    return null
  }
  const ours = (request: IncomingMessage, isAct: boolean): Refusal | null => {
    const { origin, host, 'sec-fetch-site': site } = request.headers
    const isOwn = origin === `http://${host}` || origin === `https://${host}`
    if ((origin !== undefined || isAct) && !isOwn) return { status: 403, error: 'only the console’s own page may ask' }
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return { status: 403, error: 'only the console’s own page may ask' }
    return null
  }
  const known = (request: IncomingMessage): Refusal | null => {
    const address = request.socket.remoteAddress ?? ''
    const before = wrong.get(address)
    const isOver = before === undefined || before.untilMs <= now()
    const shown = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    // The right one is always listened to: who shares its address must not be able to keep it out.
    if (shown !== undefined && timingSafeEqual(digest(shown), expected)) return null
    if (!isOver && before.count >= wrongMost) {
      const retryAfterSeconds = Math.ceil((before.untilMs - now()) / 1_000)
      return { status: 429, error: 'too many wrong tokens: wait', retryAfterSeconds }
    }
    if (shown !== undefined) {
      if (isOver) wrong.delete(address)
      if (wrong.size >= addressesMost) wrong.delete([...wrong.keys()][0] ?? '')
      wrong.set(address, { count: (isOver ? 0 : before.count) + 1, untilMs: isOver ? now() + wrongMs : before.untilMs })
    }
    return { status: 401, error: 'the token is missing or wrong: open the address the keeper printed' }
  }
  return {
    toPage,
    toRead: (request) => toPage(request) ?? ours(request, false) ?? (read === 'open' ? null : known(request)),
    toAct: (request) => toPage(request) ?? ours(request, true) ?? known(request),
  }
}

/** Of one length, so that comparing takes as long whatever was shown. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Without the port and brackets, in lower case. */
function nameIn(host: string | undefined): string | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::\d{1,5})?$/i.exec(host ?? '')
  return (found?.[1] ?? found?.[2])?.toLowerCase() ?? null
}

export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(::1$|127\.|::ffff:127\.)/.test(address)
