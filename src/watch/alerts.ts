import { WAD } from '#core/numbers.ts'

/** `key` is the same however often it is told: position, level, and how often that level was armed anew. */
export type Alert = { readonly key: string; readonly level: number; readonly health: bigint }

/** Healths that are told of, the highest first. */
export const alertLevels = [1.5, 1.25, 1.1, 1.05, 1] as const
/** A level is told of again only after the health has been so far above it: a price that jitters is told of once. */
export const rearmedAbove = 0.05

const wadOf = (value: number): bigint => BigInt(Math.round(value * 1e6)) * (WAD / 1_000_000n)

/**
 * Told the health of positions as time goes by, says what is worth an alert: the lowest level newly fallen below. `over`
 * hears of those said before whose level is armed again.
 */
export function createAlerts(
  levels: readonly number[] = alertLevels,
  over: (alert: Alert) => void = () => undefined,
): {
  readonly see: (position: string, health: bigint) => Alert | null
} {
  const told = new Map<string, { isFired: boolean; epoch: number }>()
  const said = new Set<string>()
  return {
    see: (position, health) => {
      let worst: Alert | null = null
      for (const level of levels) {
        const name = `${position}/${level}`
        const state = told.get(name) ?? { isFired: false, epoch: 0 }
        told.set(name, state)
        if (state.isFired && health >= wadOf(level + rearmedAbove)) {
          const key = `${name}/${state.epoch}`
          if (said.delete(key)) over({ key, level, health })
          state.isFired = false
          state.epoch += 1
        } else if (!state.isFired && health < wadOf(level)) {
          state.isFired = true
          if (worst === null || level < worst.level) worst = { key: `${name}/${state.epoch}`, level, health }
        }
      }
      if (worst !== null) said.add(worst.key)
      return worst
    },
  }
}
