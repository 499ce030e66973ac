import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { fields } from '../../src/config/fields.ts'
import { createAdmission } from '../../src/console/admission.ts'
import { root } from '../walls/source-files.ts'
import { type Compose, faultsOf, pathsOf } from './compose.ts'

type Added = {
  readonly services: {
    readonly keeper: { readonly environment?: Readonly<Record<string, string>>; readonly ports: readonly string[] }
  }
}

const file = join(root, 'ops', 'compose.yaml')
const text = readFileSync(file, 'utf8')
const yaml = (...path: string[]): unknown => parse(readFileSync(join(root, 'ops', ...path), 'utf8'))
const { services, volumes } = yaml('compose.yaml') as Compose

describe('the compose file', () => {
  it('holds by the schema of compose files, which finds planted mistakes', () => {
    expect(faultsOf(text)).toEqual([])
    expect(faultsOf(text.replace('read_only:', 'readonly:'))).not.toEqual([])
    expect(faultsOf(text.replace('cap_drop: [ALL]', 'cap_drop: ALL'))).not.toEqual([])
  })

  it('mounts and builds from what is there', () => {
    const paths = pathsOf(text, file)
    expect(paths.length).toBeGreaterThan(6)
    for (const { service, path } of paths) expect(existsSync(path), `${service}: ${path}`).toBe(true)
    const named = Object.values(services).flatMap((one) => one.volumes ?? [])
    for (const volume of Object.keys(volumes)) expect(named.some((one) => one.startsWith(`${volume}:`))).toBe(true)
  })

  it('opens no port to others, and names the version of all it takes from elsewhere', () => {
    for (const [name, { ports = [], image }] of Object.entries(services)) {
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
      if (name !== 'keeper') expect(image, name).toMatch(/^[a-z/]+:v?\d+[\w.-]*$/)
    }
    expect(services.keeper).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true })
  })

  it('shows a console by what docs/deploying.md adds, on a port of its own that this machine alone has', () => {
    const document = readFileSync(join(root, 'docs', 'deploying.md'), 'utf8')
    const added = /^## The console of a container[\s\S]*?^```yaml\n([\s\S]*?)^```/m.exec(document)?.[1] ?? ''
    expect(faultsOf(added)).toEqual([])
    const { environment = {}, ports } = (parse(added) as Added).services.keeper
    const set = fields.flatMap(({ name, env }) =>
      env !== null && env in environment ? [[name, environment[env]]] : [],
    )
    // An address of its own: with the port of /metrics, a bridge's address is turned away.
    expect(set).toEqual([
      ['console.port', '9465'],
      ['console.host', '0.0.0.0'],
    ])
    expect(ports).toEqual(['127.0.0.1:9465:9465'])
    const isLocalOnly = environment.PLIMSOLL_CONSOLE_PORT === 'http'
    const admission = createAdmission({ token: 'token', read: 'token', hosts: [], isLocalOnly, now: Date.now })
    const socket = { remoteAddress: '172.18.0.1' }
    const headers = { host: 'localhost:9465', authorization: 'Bearer token' }
    expect(admission.toRead({ socket, headers } as unknown as IncomingMessage)).toBeNull()
  })

  it('leaves out the database until it is asked for', () => {
    expect(services.postgres).toMatchObject({ profiles: ['postgres'] })
    for (const [name, { profiles }] of Object.entries(services))
      if (name !== 'postgres') expect(profiles, name).toBeUndefined()
  })
})

describe('what the services are given', () => {
  it('is the Prometheus of ops/prometheus, by the names of services', () => {
    const here = JSON.stringify(yaml('prometheus', 'prometheus.yml'))
    const there = here.replace('localhost:9464', 'keeper:9464').replace('localhost:9093', 'alertmanager:9093')
    expect(there).not.toBe(here)
    expect(yaml('compose', 'prometheus.yml')).toEqual(JSON.parse(there))
    for (const name of ['keeper', 'alertmanager']) expect(Object.keys(services)).toContain(name)
  })

  it('is a Grafana that knows where Prometheus and the dashboards are, by the look of it: it is not run here', () => {
    const { datasources } = yaml('compose', 'grafana', 'datasources', 'prometheus.yaml') as {
      readonly datasources: readonly { readonly url: string; readonly type: string }[]
    }
    expect(datasources).toHaveLength(1)
    expect(datasources[0]).toMatchObject({ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true })
    const { providers } = yaml('compose', 'grafana', 'dashboards', 'plimsoll.yaml') as {
      readonly providers: readonly { readonly options: { readonly path: string } }[]
    }
    const mount = services.grafana?.volumes?.find((one) => one.includes(providers[0]?.options.path ?? 'nowhere'))
    expect(mount).toBe('./grafana/dashboards:/var/lib/plimsoll/dashboards:ro')
    const dashboards = readdirSync(join(root, 'ops', 'grafana', 'dashboards'))
    expect(dashboards).toContain('overview.json')
  })
})
