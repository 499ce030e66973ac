import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type OpenConsole, openConsole } from '../../src/cli/console/open-console.ts'
import type { Config } from '../../src/config/config.ts'
import type { KeeperEvents } from '../../src/engine/events.ts'
import { killFile } from '../../src/guards/kill-file.ts'
import type { Live, Rig } from '../keeper/rig.ts'

export type Watched = {
  readonly keeper: Live
  readonly console: OpenConsole
  readonly token: string
  /** `http://127.0.0.1:…` */
  readonly origin: string
  readonly stop: () => Promise<void>
}

/** A keeper on a rig's chain with its console on a port of its own. `begin`: between the start and the console. */
export async function watched(
  rig: Rig,
  config: Config,
  options: {
    readonly console?: Partial<Config['console']>
    readonly begin?: (keeper: Live) => void
    readonly reload?: () => Promise<readonly string[]>
    readonly also?: Partial<KeeperEvents>
  } = {},
): Promise<Watched> {
  const token = randomBytes(32).toString('base64url')
  // Not where every keeper that was started here would find it.
  const guards = { ...config.guards, killFile: join(rig.folder, 'plimsoll.kill') }
  const own = { ...config, guards, console: { ...config.console, port: 0, ...options.console } }
  let keeper: Live | null = null
  const unsynced = {
    kinds: { unsynced: true, 'no-head': false, 'node-failing': false },
    blind: ['starting'],
    unready: [],
  }
  const health = () => keeper?.observe.health() ?? unsynced
  const failures: unknown[] = []
  const window = await openConsole(own, token, { health, failed: (error) => failures.push(error) }, 'test')
  keeper = await rig.live(own, { ...window.also, ...options.also })
  options.begin?.(keeper)
  await window.attach(keeper, options.reload)
  const live = keeper
  // As `run` does.
  const file = killFile(guards.killFile)
  const obey = setInterval(() => {
    for (const name of file.takeAsked()) live.guards.close(name).catch((error: unknown) => failures.push(error))
  }, 100)
  return {
    keeper,
    console: window,
    token,
    origin: `http://127.0.0.1:${window.ownPort}`,
    stop: async () => {
      clearInterval(obey)
      await window.close()
      await live.stop()
      if (failures.length > 0) throw failures[0]
    },
  }
}
