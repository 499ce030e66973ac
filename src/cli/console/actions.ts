import type { Config } from '../../config/config.ts'
import type { Actions } from '../../console/console.ts'
import { guardDoor } from '../guard-door.ts'
import type { OpenKeeper } from '../open-keeper.ts'

/** Reads the configuration again and takes over what may change while it runs. @returns what has changed, in words. */
export type Reload = () => Promise<readonly string[]>

/** What an operator does at the console: by the same door as `plimsoll guards`, and written down with the reason first. */
export function actionsOf(config: Config, { guards, store }: OpenKeeper, reload?: Reload): Actions {
  const door = guardDoor(config)
  const note = (did: string, what: string, reason: string): Promise<void> =>
    store.append('operator', { did, what, reason, from: 'console', atMs: Date.now() })
  return {
    openGuard: async (reason) => {
      // What stops sending waits for nothing, the journal least of all.
      door.open(`${reason} (console)`)
      // The file stops this keeper alone: who shares its journal hears of it by the guard.
      await guards.trip('kill', reason)
      await note('open', 'kill', reason)
    },
    closeGuard: async (name, reason) => {
      await note('close', name, reason)
      door.close(name, [...guards.state().map((one) => one.name), 'kill'])
    },
    ...(reload === undefined
      ? {}
      : {
          reload: async (reason: string) => {
            await note('reload', 'configuration', reason)
            return reload()
          },
        }),
  }
}
