import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Month, recordAlong } from '../../bench/month/record-along.ts'
import { openRecording } from '../../src/recording/recording.ts'

export type BuiltMonth = { readonly tape: string; readonly config: string; readonly digest: string }

const folder = fileURLToPath(new URL('../../.cache/month/', import.meta.url))

/** The month's recording, made on first use and kept. Whole or not at all. */
export async function buildMonth(month: Month, say: (text: string) => void): Promise<BuiltMonth> {
  const { seed, days, blocks, borrowers, chunkBlocks } = month
  const name = join(folder, [seed, days, blocks, borrowers, chunkBlocks].join('-'))
  const files = { tape: `${name}.tape`, config: `${name}.yaml` }
  if (!existsSync(files.tape) || !existsSync(files.config)) {
    mkdirSync(folder, { recursive: true })
    const part = `${files.tape}.part`
    rmSync(part, { force: true })
    const { history, sources } = await recordAlong(month, part, say)
    await history.sandbox.stop()
    writeFileSync(files.config, sources.text)
    renameSync(part, files.tape)
  }
  const recording = openRecording(files.tape)
  const digest = recording.digest()
  recording.close()
  return { ...files, digest }
}
