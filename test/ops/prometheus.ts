import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../../sandbox/free-port.ts'
import { answers, run } from './process.ts'
import type { Tools } from './tools.ts'

export type Series = {
  readonly metric: Readonly<Record<string, string>>
  /** Unix seconds. */
  readonly times: readonly number[]
  readonly values: readonly number[]
}
export type Prometheus = {
  readonly url: string
  /** Over a range of Unix times, or at one. @throws with Prometheus' own words. */
  readonly query: (
    expr: string,
    at: { readonly from: number; readonly to: number; readonly step: number },
  ) => Promise<Series[]>
  readonly at: (expr: string, time: number) => Promise<Series[]>
  readonly stop: () => Promise<void>
}

/** A real Prometheus with this configuration, and these rules beside it. */
export async function startPrometheus(
  { prometheus }: Tools,
  folder: string,
  config: object,
  rules: object | null = null,
): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  if (rules !== null) writeFileSync(join(folder, 'plimsoll.rules.yml'), stringify(rules))
  const port = await freePort()
  const process = run(
    prometheus,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    folder,
  )
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/-/ready`, process)
  const ask = async (path: string, parameters: Record<string, string>): Promise<Series[]> => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`)
    const { status, error, data } = (await response.json()) as Answer
    if (status !== 'success') throw new Error(`${error}: ${parameters.query}`)
    return data.result.map(({ metric, values, value }) => {
      const pairs = values ?? [value ?? ([0, 'NaN'] as const)]
      return { metric, times: pairs.map(([time]) => time), values: pairs.map(([, text]) => Number(text)) }
    })
  }
  return {
    url,
    query: (query, { from, to, step }) =>
      ask('query_range', { query, start: String(from), end: String(to), step: String(step) }),
    at: (query, time) => ask('query', { query, time: String(time) }),
    stop: process.stop,
  }
}

type Answer = {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Record<string, string>
      readonly values?: readonly (readonly [number, string])[]
      readonly value?: readonly [number, string]
    }[]
  }
}
