import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { fields } from '../../src/config/fields.ts'
import { alerts } from '../ops/rules.ts'
import { root } from '../walls/source-files.ts'

const unit = readFileSync(join(root, 'ops', 'systemd', 'plimsoll.service'), 'utf8')
const of = (setting: string): string | undefined =>
  unit
    .split('\n')
    .find((line) => line.startsWith(`${setting}=`))
    ?.slice(setting.length + 1)

describe('the systemd unit', () => {
  it('runs the pinned Node, ends by SIGTERM with time to follow what was sent, and does not repeat a wrong start', () => {
    expect(of('ExecStart')).toMatch(
      /^\/opt\/plimsoll\/node_modules\/node\/bin\/node \/opt\/plimsoll\/src\/main\.ts run /,
    )
    expect(of('KillSignal')).toBe('SIGTERM')
    expect(Number(of('TimeoutStopSec'))).toBeGreaterThanOrEqual(30)
    expect(of('RestartPreventExitStatus')).toBe('2 4')
  })

  it('may write its own folder and nothing else', () => {
    expect(of('ProtectSystem')).toBe('strict')
    expect(of('StateDirectory')).toBe('plimsoll')
    expect(of('NoNewPrivileges')).toBe('yes')
    // Node compiles what it runs: with this it would not start.
    expect(of('MemoryDenyWriteExecute')).toBeUndefined()
  })
})

/** As much of it as can be told without a cluster. */
const manifest = z.union([
  z.object({
    kind: z.literal('StatefulSet'),
    apiVersion: z.literal('apps/v1'),
    spec: z.object({
      replicas: z.literal(1),
      selector: z.object({ matchLabels: z.object({ app: z.literal('plimsoll') }) }),
      template: z.object({
        metadata: z.object({ labels: z.object({ app: z.literal('plimsoll') }) }),
        spec: z.object({
          terminationGracePeriodSeconds: z.number().min(30),
          securityContext: z.object({ runAsNonRoot: z.literal(true), runAsUser: z.literal(10001) }),
          containers: z.tuple([
            z.object({
              image: z.string(),
              securityContext: z.object({
                readOnlyRootFilesystem: z.literal(true),
                allowPrivilegeEscalation: z.literal(false),
              }),
              args: z.array(z.string()),
              env: z.array(z.object({ name: z.string(), value: z.string() })),
              startupProbe: z.object({ periodSeconds: z.number(), failureThreshold: z.number() }),
              readinessProbe: z.object({ httpGet: z.object({ path: z.literal('/readyz'), port: z.literal('http') }) }),
              livenessProbe: z.object({ httpGet: z.object({ path: z.literal('/healthz'), port: z.literal('http') }) }),
              volumeMounts: z.array(
                z.object({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }),
              ),
            }),
          ]),
          volumes: z.array(z.object({ name: z.string() })),
        }),
      }),
      volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
    }),
  }),
  z.object({
    kind: z.literal('Service'),
    apiVersion: z.literal('v1'),
    spec: z.object({ selector: z.object({ app: z.literal('plimsoll') }) }),
  }),
])

describe('the Kubernetes manifests', () => {
  const text = readFileSync(join(root, 'ops', 'kubernetes', 'plimsoll.yaml'), 'utf8')
  const documents = parseAllDocuments(text, { uniqueKeys: true })

  const set = () => {
    const first = manifest.parse(documents[0]?.toJS())
    if (first.kind !== 'StatefulSet') throw new Error('the first is no StatefulSet')
    return first
  }

  it('have the shape of what they say they are, and say that they were never run', () => {
    for (const document of documents) expect(document.errors).toEqual([])
    const read = documents.map((document) => manifest.parse(document.toJS()))
    expect(read.map(({ kind }) => kind)).toEqual(['StatefulSet', 'Service'])
    expect(text).toContain('Not run in any test')
  })

  it('mount volumes that they name', () => {
    const { containers, volumes } = set().spec.template.spec
    const known = [
      ...volumes.map(({ name }) => name),
      ...set().spec.volumeClaimTemplates.map((one) => one.metadata.name),
    ]
    for (const { name } of containers[0].volumeMounts) expect(known).toContain(name)
  })

  it('let the keeper write what it writes beside its configuration, and read a chain for as long as is usual', () => {
    const [{ env, args, volumeMounts, startupProbe }] = set().spec.template.spec.containers
    const folder = dirname(args[args.indexOf('--config') + 1] ?? '')
    expect(volumeMounts.find(({ mountPath }) => mountPath === folder)).toMatchObject({ readOnly: true })
    const beside = fields.filter(({ isPath, preset }) => isPath && preset !== 'none')
    expect(beside.length).toBeGreaterThanOrEqual(4)
    expect(env).toEqual(beside.map(({ env: name, preset }) => ({ name, value: `/data/${preset}` })))
    const rule = alerts.find(({ alert }) => alert === 'PlimsollUnsynced')
    const usualSeconds = Number(/> (\d+)$/.exec(rule?.expr ?? '')?.[1]) + 60 * Number.parseInt(rule?.for ?? '', 10)
    expect(usualSeconds).toBeGreaterThanOrEqual(1_800)
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThan(usualSeconds)
  })
})
