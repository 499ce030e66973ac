import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Service = 'slack' | 'discord' | 'telegram' | 'pagerduty' | 'webhook'
export type Received = { readonly service: Service; readonly body: Record<string, unknown> }
/** What goes wrong with the next so many messages of a service. */
export type Fault = {
  readonly service: Service
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  times: number
}
export type Receiver = {
  readonly url: string
  readonly received: Received[]
  readonly faults: Fault[]
  /** What was refused, and why: its form was not the service's. */
  readonly refused: string[]
  readonly stop: () => Promise<void>
}

/** Speaks as Slack, Discord, Telegram, PagerDuty and a receiver of Alertmanager's webhooks do, and refuses what they would. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const faults: Fault[] = []
  const refused: string[] = []
  const server = createServer((request, response) => void answer(request, response))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = ''
    for await (const part of request) text += part
    const service = serviceAt(request.url ?? '')
    const reply = (status: number, body: object | string, headers = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (service === null) return reply(404, { error: 'nobody lives here' })
    const fault = faults.find((one) => one.service === service && one.times > 0)
    if (fault !== undefined) {
      fault.times -= 1
      return reply(fault.status, fault.body ?? {}, fault.headers)
    }
    const body = JSON.parse(text) as Record<string, unknown>
    const wrong = wrongWith[service](body)
    if (wrong !== null) {
      refused.push(`${service}: ${wrong}: ${text}`)
      return reply(400, { error: wrong })
    }
    received.push({ service, body })
    const [status, said] = accepted[service](body)
    reply(status, said)
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ received, faults, refused },
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function serviceAt(path: string): Service | null {
  if (path.startsWith('/services/')) return 'slack'
  if (path.startsWith('/api/webhooks/')) return 'discord'
  if (/^\/bot[^/]+\/sendMessage$/.test(path)) return 'telegram'
  if (path === '/v2/enqueue') return 'pagerduty'
  return path === '/webhook' ? 'webhook' : null
}

type Body = Record<string, unknown>
const isText = (value: unknown, most: number): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= most
const listOf = (value: unknown): readonly Body[] => (Array.isArray(value) ? (value as Body[]) : [])

/** By the services' own documents: what they need, and how much they take. */
const wrongWith: Readonly<Record<Service, (body: Body) => string | null>> = {
  slack: ({ text, attachments, blocks }) => {
    if (!isText(text, 40_000) && listOf(attachments).length === 0) return 'no_text'
    const tooLong = listOf(blocks).some((block) => !isText((block.text as Body | undefined)?.text, 3_000))
    return tooLong ? 'invalid_blocks' : null
  },
  discord: ({ content, embeds }) => {
    if (!isText(content, 2_000) && listOf(embeds).length === 0) return 'Cannot send an empty message'
    const bad = listOf(embeds).some((one) => !isText(one.title, 256) || !isText(one.description, 4_096))
    return bad ? 'Invalid Form Body' : null
  },
  telegram: ({ chat_id, text }) => {
    if (chat_id === undefined || chat_id === '') return 'Bad Request: chat_id is empty'
    return isText(text, 4_096) ? null : 'Bad Request: message text is empty'
  },
  pagerduty: ({ routing_key, event_action, dedup_key, payload }) => {
    if (!isText(routing_key, 64)) return 'Invalid routing key'
    if (event_action !== 'trigger' && event_action !== 'resolve') return 'event_action is missing'
    if (!isText(dedup_key, 255)) return 'dedup_key is missing'
    if (event_action === 'resolve') return null
    const { summary, source, severity } = (payload ?? {}) as Body
    if (!isText(summary, 1_024) || !isText(source, 1_024)) return 'payload is invalid'
    return ['critical', 'error', 'warning', 'info'].includes(String(severity)) ? null : 'severity is invalid'
  },
  webhook: ({ version, status, alerts }) => {
    if (version !== '4') return 'not version 4'
    if (status !== 'firing' && status !== 'resolved') return 'no status'
    const bad = listOf(alerts).some(
      ({ labels, startsAt, endsAt, fingerprint }) =>
        !isText((labels as Body | undefined)?.alertname, 200) ||
        Number.isNaN(Date.parse(String(startsAt))) ||
        Number.isNaN(Date.parse(String(endsAt))) ||
        !isText(fingerprint, 64),
    )
    return bad || listOf(alerts).length === 0 ? 'alerts are wrong' : null
  },
}

const accepted: Readonly<Record<Service, (body: Body) => readonly [number, object | string]>> = {
  slack: () => [200, 'ok'],
  discord: () => [204, ''],
  telegram: () => [200, { ok: true, result: { message_id: 1, date: 1, chat: { id: 1, type: 'private' } } }],
  pagerduty: ({ dedup_key }) => [202, { status: 'success', message: 'Event processed', dedup_key }],
  webhook: () => [200, {}],
}
