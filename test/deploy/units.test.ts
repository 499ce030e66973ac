import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { onPath } from '../ops/on-path.ts'
import { root } from '../walls/source-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'units-'))
afterAll(() => rmSync(folder, { recursive: true }))

const unit = readFileSync(join(root, 'ops', 'systemd', 'plimsoll.service'), 'utf8')
const of = (setting: string, text = unit): string | undefined =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${setting}=`))
    ?.slice(setting.length + 1)

/** As systemd reads it; the programs it names are put where the unit looks for them, below a folder. */
function verify(text: string): string {
  const [node = ''] = (of('ExecStart', text) ?? '').split(' ')
  for (const program of [node, '/bin/kill', '/usr/sbin/nologin']) {
    mkdirSync(join(folder, program, '..'), { recursive: true })
    writeFileSync(join(folder, program), '#!/bin/sh\n', { mode: 0o755 })
  }
  const units = join(folder, 'etc', 'systemd', 'system')
  mkdirSync(units, { recursive: true })
  writeFileSync(join(units, 'plimsoll.service'), text)
  for (const target of [
    'network-online.target',
    'sysinit.target',
    'basic.target',
    'shutdown.target',
    'multi-user.target',
  ])
    writeFileSync(join(units, target), '[Unit]\nDescription=there\nDefaultDependencies=no\n')
  for (const slice of ['system.slice', '-.slice']) writeFileSync(join(units, slice), '[Unit]\nDescription=there\n')
  // What it does not know it only warns of.
  return spawnSync('systemd-analyze', ['verify', `--root=${folder}`, 'plimsoll.service'], { encoding: 'utf8' }).stderr
}

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

  it.skipIf(onPath('systemd-analyze') === null)('is read by systemd, which finds a planted mistake', () => {
    expect(verify(unit)).toBe('')
    expect(verify(unit.replace('ProtectHome=yes', 'ProtectHomes=yes'))).toContain('ProtectHomes')
    const graded = execFileSync(
      'systemd-analyze',
      ['security', '--offline=yes', '--threshold=20', join(root, 'ops', 'systemd', 'plimsoll.service')],
      { encoding: 'utf8', stdio: 'pipe' },
    )
    expect(graded).toContain('Overall exposure level')
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
              readinessProbe: z.object({ httpGet: z.object({ path: z.literal('/readyz'), port: z.literal('http') }) }),
              livenessProbe: z.object({ httpGet: z.object({ path: z.literal('/healthz'), port: z.literal('http') }) }),
              volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
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

  it('have the shape of what they say they are, and say that they were never run', () => {
    for (const document of documents) expect(document.errors).toEqual([])
    const read = documents.map((document) => manifest.parse(document.toJS()))
    expect(read.map(({ kind }) => kind)).toEqual(['StatefulSet', 'Service'])
    expect(text).toContain('Not run in any test')
  })

  it('mount volumes that they name', () => {
    const set = manifest.parse(documents[0]?.toJS())
    if (set.kind !== 'StatefulSet') throw new Error('the first is no StatefulSet')
    const { containers, volumes } = set.spec.template.spec
    const known = [...volumes.map(({ name }) => name), ...set.spec.volumeClaimTemplates.map((one) => one.metadata.name)]
    for (const { name } of containers[0].volumeMounts) expect(known).toContain(name)
  })
})
