import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'

export type Env = Readonly<Record<string, string | undefined>>

/** The environment over what `.env` in the folder says; the process's own environment is left as it is. */
export function loadEnv(folder: string, own: Env): Env {
  const file = join(folder, '.env')
  return existsSync(file) ? { ...parse(readFileSync(file, 'utf8')), ...own } : own
}
