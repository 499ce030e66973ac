import { isKeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Head } from '../scene/next-block.ts'

/** Whether this keeper is the one that sends. Alone with its journal it always is. */
export interface Lead {
  /** Why nothing may be sent now; `null`: it leads. Nothing is awaited. */
  readonly against: () => string | null
  /** From the first block on; else a command says when. */
  readonly isFromStart: boolean
  /** What else the keeper before may have written is read: guards. */
  readonly restore: () => Promise<void>
}
export const alone: Lead = { against: () => null, isFromStart: true, restore: async () => undefined }

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
  /** Whether it has taken up what the one before left open. */
  readonly isUp: () => boolean
}

export function createLeading({ lead, restore, rest, fault }: LeadingParts): Leading {
  let isWanted = lead.isFromStart
  let isUp = false
  return {
    begin: async (head) => {
      if (!isWanted) return rest()
      await restore(head)
      isUp = true
    },
    onCommand: ({ lead: isLeading }) => {
      if (typeof isLeading !== 'boolean') return
      isWanted = isLeading
      // Of an epoch that is past, and of a new one as well, nothing is known but what the journal says.
      isUp = false
      rest()
    },
    settle: async (head) => {
      if (!isWanted || isUp || head === null) return false
      try {
        await restore(head)
        isUp = true
      } catch (error) {
        if (!isKeeperError(error)) throw error
        rest()
        fault(error)
      }
      return isUp
    },
    isUp: () => isUp,
  }
}
