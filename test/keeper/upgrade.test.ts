import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '#core/receipt.ts'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { deployAndConfigure } from '../../src/cli/demo/deploy-and-configure.ts'
import { sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import type { AttemptEvent, Intent } from '../../src/execution/intent.ts'
import { readJournal } from '../../src/journal/open-journal.ts'
import { attribute, startCollector } from '../observe/collector.ts'
import { type Spawned, spawnRun, until } from './spawned.ts'

/** `plimsoll run` exchanged for a newer one in the middle of a send, with a collector of spans beside it. */
const folder = mkdtempSync(join(tmpdir(), 'upgrade-'))
const journalPath = join(folder, 'journal.sqlite')
let sandbox: Sandbox
let collector: Awaited<ReturnType<typeof startCollector>>
let text: string
let env: Record<string, string>
const running: Spawned[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few' })
  collector = await startCollector()
  const snapshotPath = join(folder, 'plimsoll.book')
  text = (await deployAndConfigure(sandbox, { journalPath, snapshotPath })).text
  env = { ...sandboxEnv(sandbox), OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
})
afterAll(async () => {
  for (const run of running) if (!run.hasEnded()) run.signal('SIGKILL')
  collector.stop()
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

type Line = { readonly event: string; readonly plan?: string; readonly reasons?: readonly string[] }
const linesOf = ({ said }: Spawned): readonly Line[] =>
  said()
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Line] : []))
const start = (): Spawned => {
  const run = spawnRun(folder, text, env)
  running.push(run)
  return run
}
async function ready(run: Spawned): Promise<{ readonly status: number; readonly body: string }> {
  const port = /"event":"serving".*?"port":(\d+)/.exec(run.said())?.[1] ?? '1'
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    async (answer) => ({ status: answer.status, body: await answer.text() }),
    () => ({ status: 0, body: '' }),
  )
}
/** The journal is read between two of its writer's commits. */
function journaled<R>(stream: string): readonly R[] {
  const journal = readJournal(journalPath)
  const records = journal.select({ streams: [stream] }).map(({ record }) => record as unknown as R)
  journal.close()
  return records
}

describe('an upgrade', () => {
  it('drains: not ready, nothing new is sent, what was sent is heard of, and all is written down', {
    timeout: 120_000,
  }, async () => {
    const old = start()
    await until('the old one is ready', async () => (await ready(old)).status === 200, old)
    sandbox.relayFaults.delayMs = 2_500
    await sandbox.movePools({ WETH: usd(2_600) })
    await sandbox.setPrice('WETH', usd(2_600))
    await sandbox.mine()
    await until('something is on its way', () => linesOf(old).some(({ event }) => event === 'intent'), old)
    old.signal('SIGTERM')
    await until('it drains', async () => (await ready(old)).body.includes('the keeper is stopping'), old)
    const begun = linesOf(old).filter(({ event }) => event === 'intent').length
    expect(await old.ended).toBe(0)
    const lines = linesOf(old)
    expect(lines.filter(({ event }) => event === 'intent')).toHaveLength(begun)
    expect(lines.at(-1)?.event).toBe('stopped')
    const sent = new Set(
      journaled<AttemptEvent>('attempt').flatMap(({ plan, status }) => (status === 'sent' ? plan : [])),
    )
    // Each relay has been heard: what left is known to have left.
    for (const { plan } of journaled<Intent>('intent')) expect(sent, plan).toContain(plan)
    expect(journaled<Receipt>('receipt')).toEqual([])
    sandbox.relayFaults.delayMs = 0
  })

  it('resumes: the next one begins from the kept book and reads the fate of what the old one sent', {
    timeout: 120_000,
  }, async () => {
    // It lands while nobody looks.
    await sandbox.mine()
    const next = start()
    await until('the next one is ready', async () => (await ready(next)).status === 200, next)
    const begun = journaled<Intent>('intent')
    expect(begun.length).toBeGreaterThan(0)
    const fates = (): readonly string[] => journaled<Receipt>('receipt').map(({ plan }) => plan)
    await until('receipts are read', () => fates().includes(begun[0]?.plan ?? ''), next)
    expect(next.said()).not.toContain('store-fault')
  })

  it('leaves one id from the trigger to the receipt: in the log, in the journal and in the spans', {
    timeout: 120_000,
  }, async () => {
    const run = running.at(-1)!
    const known = new Set(journaled<Receipt>('receipt').map(({ plan }) => plan))
    await sandbox.movePools({ WETH: usd(2_100) })
    await sandbox.setPrice('WETH', usd(2_100))
    const fresh = (): Receipt | undefined => journaled<Receipt>('receipt').find(({ plan }) => !known.has(plan))
    const sends = (): number => linesOf(run).filter(({ event }) => event === 'sent').length
    for (let blocks = 0; blocks < 20 && fresh() === undefined; blocks++) {
      const before = sends()
      await sandbox.mine()
      // A block that comes before its bundle holds none.
      await until('one more is sent or has landed', () => sends() > before || fresh() !== undefined, run)
    }
    const { plan } = fresh()!
    const of = (event: string): boolean => linesOf(run).some((line) => line.event === event && line.plan === plan)
    for (const event of ['verdict', 'intent', 'sent', 'receipt'])
      await until(`${event} is logged`, () => of(event), run)
    const intent = journaled<Intent>('intent').find((one) => one.plan === plan)
    const landed = journaled<AttemptEvent>('attempt').find((one) => one.plan === plan && one.status === 'included')
    const spans = () => collector.spans.filter(({ traceId }) => traceId === plan.slice(2))
    await until('the spans arrive', () => spans().length > 0, run)
    expect(spans().map(({ name }) => name)).toEqual(['liquidation', 'decide', 'send', 'fate'])
    const [whole] = spans()
    expect(attribute(whole!, 'transactionHash')).toBe(intent?.hash)
    expect(attribute(whole!, 'includedIn')).toBe(String(landed?.block))
    expect(attribute(whole!, 'status')).toBe('included')
    for (const { startTimeUnixNano, endTimeUnixNano } of spans())
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano))
    run.signal('SIGTERM')
    expect(await run.ended).toBe(0)
  })
})
