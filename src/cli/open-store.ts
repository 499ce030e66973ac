import type { Address } from '#core/address.ts'
import type { Store } from '#core/world.ts'
import type { Config } from '../config/config.ts'
import { alone, type Lead } from '../engine/leading.ts'
import type { Reserve } from '../execution/reservations.ts'
import type { LeaseEvents } from '../journal/lease.ts'
import { openJournal } from '../journal/open-journal.ts'
import { journalName, openPostgresJournal } from '../journal/open-postgres-journal.ts'
import type { Observe } from '../observe/observe.ts'

/** The journal a keeper writes, and whether it is the one that sends: alone with a file, or one of several. */
export type OpenStore = {
  readonly store: Store
  readonly reserve: Reserve
  readonly lead: Omit<Lead, 'restore'>
  /** From here on it may lead: its book is there. */
  readonly stand: () => void
  readonly close: () => Promise<void>
}
export type StoreOptions = {
  /** With which it would sign. */
  readonly operators: readonly Address[]
  /** Number of the newest block it has followed. */
  readonly head: () => number | null
  readonly onLead: (isLeading: boolean) => void
  /** The database has answered: others may have written. */
  readonly onAsked: () => void
}

/** @throws `store-failed` with what to do. */
export async function openStore(config: Config, options: StoreOptions, observe: Observe): Promise<OpenStore> {
  const { chain, executor, journal } = config
  if (journal.url === null) return openFile(config, observe)
  const opened = await openPostgresJournal({
    url: journal.url,
    journal: journalName(chain.id, executor?.address ?? null, journal.shard),
    keys: options.operators.map((key) => keyOf(chain.id, key)),
    leaseMs: journal.leaseMs,
    head: options.head,
    on: told(options, observe),
  })
  observe.lease({ kind: 'asked', epoch: null })
  const { lease, reserve, append, read, close } = opened
  return {
    ...{ store: { append, read }, reserve, stand: lease.begin, close },
    lead: { against: lease.against, epoch: lease.epoch, isFromStart: false },
  }
}

/** A key of one chain, as the lease names it. */
export const keyOf = (chainId: number, key: Address): string => `${chainId}:${key.toLowerCase()}`

function openFile({ chain, executor, journal }: Config, observe: Observe): OpenStore {
  const opened = openJournal(journal.path, { chainId: chain.id, executor: executor?.address ?? 'none' })
  observe.lease({ kind: 'alone' })
  return {
    store: opened,
    reserve: (record) => opened.appendNow('reservation', record),
    lead: alone,
    stand: () => undefined,
    close: async () => opened.close(),
  }
}

const told = ({ onLead, onAsked }: StoreOptions, observe: Observe): LeaseEvents => ({
  taken: (epoch) => {
    observe.lease({ kind: 'taken', epoch })
    onLead(true)
  },
  lost: (why) => {
    observe.lease({ kind: 'lost', why })
    onLead(false)
  },
  failing: (error) => observe.lease({ kind: 'failing', error }),
  asked: (epoch) => {
    observe.lease({ kind: 'asked', epoch })
    onAsked()
  },
})
