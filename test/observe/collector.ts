import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: string } }
export type Taken = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code: number }
}
type Body = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Taken[] }[] }[]
}

/** A collector that takes OTLP over HTTP in JSON, and answers as a test says. */
export async function startCollector(): Promise<{
  readonly url: string
  readonly spans: Taken[]
  readonly paths: string[]
  answer: number
  readonly stop: () => void
}> {
  const spans: Taken[] = []
  const paths: string[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    paths.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    response.statusCode = collector.answer
    if (collector.answer === 200)
      spans.push(
        ...(JSON.parse(text) as Body).resourceSpans.flatMap((one) => one.scopeSpans).flatMap((one) => one.spans),
      )
    response.end('{}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const stop = (): void => {
    server.closeAllConnections()
    server.close()
  }
  const collector = { url, spans, paths, answer: 200, stop }
  return collector
}

export const attribute = ({ attributes }: Taken, key: string): string | undefined => {
  const found = attributes.find((one) => one.key === key)?.value
  return found?.stringValue ?? found?.intValue
}
