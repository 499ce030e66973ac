import type { KeeperEvents } from '../engine/events.ts'

type Heard = Partial<KeeperEvents>
type Hearing = (...told: readonly unknown[]) => void

/** Whatever is told is heard by both, in this order. */
export function hearBoth(first: Heard, then: Heard): Heard {
  const names = new Set([...Object.keys(first), ...Object.keys(then)]) as Set<keyof Heard>
  const both = (name: keyof Heard): Hearing => {
    const [one, other] = [first[name], then[name]] as [Hearing | undefined, Hearing | undefined]
    return (...told) => {
      one?.(...told)
      other?.(...told)
    }
  }
  return Object.fromEntries([...names].map((name) => [name, both(name)]))
}
