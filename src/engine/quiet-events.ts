import type { KeeperEvents } from './events.ts'

const ignore = (): void => undefined

/** A keeper's life that nobody listens to, but for what is given. */
export const quietEvents = (also: Partial<KeeperEvents> = {}): KeeperEvents => ({
  ...{ syncing: ignore, synced: ignore, head: ignore, undone: ignore, verdict: ignore, intent: ignore },
  ...{ attempt: ignore, receipt: ignore, reread: ignore, drift: ignore, quarantined: ignore, released: ignore },
  ...{ missed: ignore, missTakenBack: ignore, unserved: ignore, lane: ignore, guard: ignore, fault: ignore },
  ...also,
})
