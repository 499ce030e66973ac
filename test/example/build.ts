import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateHistory } from '../../sandbox/history/generate-history.ts'
import { nowAndThen } from '../../sandbox/now-and-then.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { gather } from '../../src/cli/gather.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { recordRange } from '../../src/recording/record-range.ts'
import { openRecording, openTape } from '../../src/recording/recording.ts'

/** What an example is made of, and what must come out. */
export type Example = {
  readonly seed: number
  readonly days: number
  readonly blocks: number
  readonly borrowers: number
  /** Of the recording, and with it of every block's header. */
  readonly digest: string
  readonly figures: Readonly<Record<string, unknown>>
}
export type Built = { readonly tape: string; readonly config: string; readonly digest: string }

const folder = fileURLToPath(new URL('../../.cache/example/', import.meta.url))

/**
 * The example's recording: generated, recorded and kept on first use, since it holds code of the protocols and is never
 * committed. Whole or not at all.
 */
export async function build(example: Example, say: (text: string) => void): Promise<Built> {
  const { seed, days, blocks, borrowers } = example
  const name = join(folder, [seed, days, blocks, borrowers].join('-'))
  const files = { tape: `${name}.tape`, config: `${name}.yaml` }
  if (!existsSync(files.tape) || !existsSync(files.config)) await record(example, files, say)
  const recording = openRecording(files.tape)
  const digest = recording.digest()
  recording.close()
  return { ...files, digest }
}

async function record(
  { seed, days, blocks, borrowers }: Example,
  files: Pick<Built, 'tape' | 'config'>,
  say: (text: string) => void,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const history = await generateHistory({
    seed,
    days,
    blocks,
    borrowers,
    hasGuardian: true,
    onProgress: nowAndThen(say),
  })
  const { sandbox, protocols, from, to } = history
  try {
    const text = sandboxConfig(sandbox, { executor: null, journalPath: 'none.sqlite', dryRun: true, protocols })
    const env = sandboxEnv(sandbox)
    const config = loadConfig({ file: null, text, env, flags: {}, registry: await discover() })
    const part = `${files.tape}.part`
    rmSync(part, { force: true })
    const recording = { chainId: sandbox.chainId, from, to, chunkBlocks: 5_000 }
    const tape = openTape(part, recording)
    await recordRange(sandbox.rpc, tape, gather(config, recording), nowAndThen(say))
    tape.close()
    writeFileSync(files.config, text)
    renameSync(part, files.tape)
  } finally {
    await sandbox.stop()
  }
}
