import type { Hex } from '#core/address.ts'
import type { Miss } from '#core/miss.ts'
import type { Store } from '#core/world.ts'
import { missRecord } from './miss-record.ts'

/** The misses of one keeper, each once: a block given twice and a restart add none, a reorg takes its own back. */
export interface Ledger {
  /** What the journal holds already. */
  readonly restore: () => Promise<void>
  readonly has: (miss: Pick<Miss, 'blockHash' | 'outcome'>) => boolean
  readonly add: (miss: Miss) => Promise<void>
  readonly undone: (blocks: readonly Hex[]) => void
}

export type LedgerParts = {
  readonly store: Pick<Store, 'append' | 'read'>
  readonly missed: (miss: Miss) => void
  readonly takenBack: (miss: Miss) => void
}

/** Of so many one is known again: far more than a reorg reaches. */
const knownMost = 10_000

export function createLedger({ store, missed, takenBack }: LedgerParts): Ledger {
  /** `null`: told by a former life. */
  const known = new Map<string, Miss | null>()
  /** Later on, behind a reorg too deep or another keeper's lead, it knows more than the journal: what is new is added. */
  let isRestored = false
  const remember = (key: string, miss: Miss | null): void => {
    known.set(key, miss)
    for (const old of known.keys()) if (known.size > knownMost) known.delete(old)
  }
  return {
    restore: async () => {
      for await (const { blockHash, transactionHash, logIndex } of store.read('misses', 0)) {
        const key = `${blockHash}/${transactionHash}/${logIndex}`
        if (!known.has(key)) remember(key, null)
      }
      if (isRestored) return
      isRestored = true
      for await (const { hashes } of store.read('undone', 0))
        for (const key of known.keys()) if ((hashes as readonly string[]).includes(blockOf(key))) known.delete(key)
    },
    has: (miss) => known.has(keyOf(miss)),
    add: async (miss) => {
      remember(keyOf(miss), miss)
      missed(miss)
      await store.append('misses', missRecord(miss))
    },
    undone: (blocks) => {
      for (const [key, miss] of known) {
        if (!blocks.some((hash) => hash === blockOf(key))) continue
        known.delete(key)
        if (miss !== null) takenBack(miss)
      }
    },
  }
}

const keyOf = ({ blockHash, outcome }: Pick<Miss, 'blockHash' | 'outcome'>): string =>
  `${blockHash}/${outcome.transactionHash}/${outcome.logIndex}`
const blockOf = (key: string): string => key.slice(0, key.indexOf('/'))
