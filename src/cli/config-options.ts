import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { isKeeperError, KeeperError } from '#core/error.ts'
import type { Config } from '../config/config.ts'
import { discover } from '../config/discover.ts'
import { fields } from '../config/fields.ts'
import { type ConfigSources, loadConfig } from '../config/load-config.ts'
import { type Env, loadEnv } from '../config/load-env.ts'
import type { Context } from './context.ts'

const defaultFile = 'plimsoll.yaml'

/** `sources`: what another process reads the same configuration from. */
export type Loaded = {
  readonly config: Config
  readonly env: Env
  readonly file: string | null
  readonly sources: Omit<ConfigSources, 'registry'>
}

/** `--config` and a flag for every setting; only the first is shown, or each help would be a page long. */
export function configOptions(command: Command): Command {
  command.option('-c, --config <file>', `the configuration (default: ${defaultFile})`)
  for (const { flag, doc } of fields) {
    if (flag !== null) command.addOption(new Option(`${flag} <value>`, doc).hideHelp())
  }
  return command.addHelpText('after', '\nEvery setting is a flag too: `plimsoll config --list` names them.')
}

/** Reads it all as the flags say. `.env` is looked for beside the file. @throws `bad-config`. */
export async function loadFrom(options: Record<string, unknown>, context: Context): Promise<Loaded> {
  const named = options.config
  const file = typeof named === 'string' ? named : existsSync(defaultFile) ? defaultFile : null
  const env = loadEnv(file === null ? process.cwd() : dirname(resolve(file)), context.env)
  const flags: Record<string, string> = {}
  for (const { flag, name } of fields) {
    const value = flag === null ? undefined : options[new Option(`${flag} <value>`).attributeName()]
    if (typeof value === 'string') flags[name] = value
  }
  try {
    const sources = { file, env, flags }
    return { config: loadConfig({ ...sources, registry: await discover() }), env, file, sources }
  } catch (error) {
    if (file !== null || !isKeeperError(error, 'bad-config')) throw error
    const say = `there is no ${defaultFile} here, and without it:\n${error.message}\nbegin with a copy of plimsoll.example.yaml, or give a file with --config <file>`
    throw new KeeperError('bad-config', say, { cause: error })
  }
}
