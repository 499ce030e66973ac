/** What tells a keeper that sees from one that is blind. */
export type Health = {
  readonly starting: (blockSeconds: number) => void
  readonly synced: () => void
  readonly head: (atMs: number) => void
  readonly rpcFault: () => void
  readonly draining: () => void
  readonly state: (nowMs: number) => HealthState
}
export type BlindReason = 'unsynced' | 'no-head' | 'node-failing'
export type HealthState = {
  /** Each reason to be blind, and whether it holds. */
  readonly kinds: Readonly<Record<BlindReason, boolean>>
  /** Why nothing can be found: empty when it sees. */
  readonly blind: readonly string[]
  /** Why nothing should be expected of it: what makes it blind, and an orderly end. */
  readonly unready: readonly string[]
}

/** Block times without a head after which a keeper counts as blind; never below the seconds, for very fast chains. */
const patienceBlocks = 5
const patienceSecondsLeast = 3
/** Faults in a row, no head between them, after which the node counts as dead. */
const faultsDead = 10

export function createHealth(startedMs: number): Health {
  let blockSeconds = 12
  let lastHeadMs = startedMs
  let isSynced = false
  let isDraining = false
  let faults = 0
  return {
    starting: (seconds) => {
      blockSeconds = seconds
    },
    synced: () => {
      isSynced = true
    },
    head: (atMs) => {
      lastHeadMs = atMs
      faults = 0
    },
    rpcFault: () => {
      faults += 1
    },
    draining: () => {
      isDraining = true
    },
    state: (nowMs) => {
      const silentSeconds = (nowMs - lastHeadMs) / 1_000
      const kinds = {
        unsynced: !isSynced,
        'no-head': silentSeconds > Math.max(patienceSecondsLeast, patienceBlocks * blockSeconds),
        'node-failing': faults >= faultsDead,
      }
      const blind: string[] = []
      if (kinds.unsynced) blind.push('the book is not synced')
      if (kinds['no-head']) blind.push(`no head for ${Math.round(silentSeconds)} seconds`)
      if (kinds['node-failing']) blind.push(`the node failed ${faults} times in a row`)
      return { kinds, blind, unready: isDraining ? [...blind, 'the keeper is stopping'] : blind }
    },
  }
}
