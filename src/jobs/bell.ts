import { EventEmitter, once } from 'node:events'

/** Wakes whoever waits for something to change. */
export type Bell = { readonly ring: () => void; readonly wait: (mostMs: number) => Promise<void> }

export function createBell(): Bell {
  const events = new EventEmitter().setMaxListeners(0)
  return {
    ring: () => void events.emit('ring'),
    wait: async (mostMs) => {
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(), mostMs)
      await once(events, 'ring', { signal: late.signal }).catch(() => undefined)
      clearTimeout(timer)
    },
  }
}
