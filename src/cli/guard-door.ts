import { KeeperError } from '#core/error.ts'
import type { Config } from '../config/config.ts'
import { killFile } from '../guards/kill-file.ts'

/** The one way an operator reaches a keeper's guards, from a terminal or the console: files beside it. */
export type GuardDoor = {
  /** Nothing is sent from now on. */
  readonly open: (why: string) => void
  /** `tripped`: what stands. @throws `not-found` where that guard does not. */
  readonly close: (name: string, tripped: readonly string[]) => void
}

export function guardDoor({ guards }: Pick<Config, 'guards'>): GuardDoor {
  const kill = killFile(guards.killFile)
  return {
    open: kill.make,
    close: (name, tripped) => {
      if (!tripped.includes(name))
        throw new KeeperError('not-found', `no guard ${name} is tripped: \`plimsoll guards\` lists those that are`)
      if (name === 'kill') kill.remove()
      kill.askToClose(name)
    },
  }
}
