import { join } from 'node:path'
import { isKeeperError, KeeperError } from '#core/error.ts'
import { discover } from '../../config/discover.ts'
import { loadConfig } from '../../config/load-config.ts'
import type { Env } from '../../config/load-env.ts'

/**
 * Before anything is written: whether the keeper will take it, by what init itself says and the variables it names.
 * @throws `bad-argument` with every line that does not hold.
 */
export async function checkConfiguration(text: string, rpc: string, folder: string, env: Env): Promise<void> {
  const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, env[name]] as const)
  const sources = { file: join(folder, 'plimsoll.yaml'), text, flags: {}, registry: await discover() }
  try {
    loadConfig({ ...sources, env: { ...Object.fromEntries(named), RPC_URL: rpc } })
  } catch (cause) {
    const why = isKeeperError(cause) ? cause.message : String(cause)
    throw new KeeperError(
      'bad-argument',
      `nothing is written, since the configuration would not hold; mend the file of --from, or the flag:\n${why}`,
      { cause },
    )
  }
}
