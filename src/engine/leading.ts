import { isKeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Head } from '../scene/next-block.ts'

/** Whether this keeper is the one that sends. Alone with its journal it always is. */
export interface Lead {
  /** Why nothing may be sent now; `null`: it leads. Nothing is awaited. */
  readonly against: () => string | null
  /** From the first block on; else a command says when. */
  readonly isFromStart: boolean
  /** Of the lease it holds; `null`: none. Another one may have been taken while what the one before left was read. */
  readonly epoch: () => number | null
  /** What else the keeper before may have written is read: guards. */
  readonly restore: () => Promise<void>
}
export const alone: Lead = {
  ...{ against: () => null, epoch: () => 0, isFromStart: true },
  restore: async () => undefined,
}

/** The commands by which a keeper is told: an input like any other, so that they have their place among heads. */
export const leadCommand = (isLeading: boolean): Rec => ({ lead: isLeading })

export type LeadingParts = {
  readonly lead: Lead
  /** What the one before left open is taken up, as after a start. */
  readonly restore: (head: Head) => Promise<void>
  /** What is known of attempts is let go. */
  readonly rest: () => void
  readonly fault: (error: Error) => void
}

/** Taking over, and standing by. */
export interface Leading {
  /** @throws as `restore`: a start does not go on without. */
  readonly begin: (head: Head) => Promise<void>
  readonly onCommand: (body: Rec) => void
  /** What a command asked for is done; again with the next input where the node or the journal failed. @returns whether it leads since. */
  readonly settle: (head: Head | null) => Promise<boolean>
  /** Whether it has taken up what the one before left open, and leads since without a break. */
  readonly isUp: () => boolean
  /** Why nothing may be sent, in memory; `null`: go on. */
  readonly against: () => string | null
}

export function createLeading({ lead, restore, rest, fault }: LeadingParts): Leading {
  let isWanted = lead.isFromStart
  /** Under which it took up what the one before left open. */
  let up: number | null = null
  /** With this head it failed: the node and the journal are asked again with the next. */
  let failedAt: Head | null = null
  const isUp = (): boolean => up !== null && up === lead.epoch()
  const takeUp = async (head: Head): Promise<void> => {
    const epoch = lead.epoch()
    await restore(head)
    up = epoch
  }
  return {
    begin: async (head) => (isWanted ? takeUp(head) : rest()),
    onCommand: ({ lead: isLeading }) => {
      if (typeof isLeading !== 'boolean') return
      isWanted = isLeading
      // Of an epoch that is past, and of a new one as well, nothing is known but what the journal says.
      up = null
      failedAt = null
      rest()
    },
    settle: async (head) => {
      if (!isWanted || up !== null || head === null || head === failedAt) return false
      try {
        await takeUp(head)
      } catch (error) {
        if (!isKeeperError(error)) throw error
        failedAt = head
        rest()
        fault(error)
      }
      return isUp()
    },
    isUp,
    against: () => (isUp() ? null : 'what the keeper before left open is not taken up yet'),
  }
}
