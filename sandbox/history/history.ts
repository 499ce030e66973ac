import type { Hex } from '#core/address.ts'
import type { Sandbox } from '../sandbox.ts'
import type { CrashShape } from './crash-shape.ts'
import type { Protocol } from './loan.ts'
import type { PricePath } from './price-path.ts'
import type { Skill } from './rivals.ts'

export type HistoryOptions = {
  readonly seed?: number
  readonly days?: number
  /** In all; fewer than the days have leave gaps between runs of consecutive blocks: see `schedule.ts`. */
  readonly blocks?: number
  readonly borrowers?: number
  /**
   * Blocks in which nothing is due hold others' transactions alone and are mined together, up to so many: months of
   * consecutive blocks in minutes. Without state roots, and no state is kept but the newest, if nothing is said;
   * `onBlock` is told of the last of them, and of the block before the first one.
   */
  readonly quietTogether?: number
  /** Blocks whose states are kept. */
  readonly states?: number
  readonly rivals?: readonly Skill[]
  /** Ether's reserves stand still for some blocks at the trough. */
  readonly hasGuardian?: boolean
  readonly shape?: CrashShape
  /** Gwei in quiet times, and how many times that at the trough. */
  readonly calmGwei?: number
  readonly gasSpike?: number
  /** When all contracts are there and nobody has borrowed: a keeper's executor is deployed here. Its blocks come before `from`. */
  readonly onDeployed?: (sandbox: Sandbox, protocols: History['protocols']) => Promise<void>
  /** After every block of the history, whose state is then still there: a recording can be made along the way. */
  readonly onBlock?: (number: number, isQuiet: boolean) => Promise<void> | void
  readonly onProgress?: (message: string, done: number, total: number) => void
}

/** A liquidation of a rival's, as its receipt has it. */
export type Taken = {
  readonly block: number
  /** Place in the block. */
  readonly index: number
  readonly hash: Hex
  readonly rival: string
  readonly protocol: Protocol
  readonly borrower: Hex
  /** Whether the configuration that goes with the history follows its market. */
  readonly tracked: boolean
  /** Blocks from the one in which it became possible: 0 is right behind the oracle. */
  readonly after: number
  /** Opened in the same block. */
  readonly young: boolean
  /** Dollars after gas and before the tip, as the rival thought. */
  readonly profit: number
  /** Wei for each gas. */
  readonly tip: bigint
  readonly gasUsed: bigint
}
/** Why a rival did not get what it bid for. */
export type Lost = {
  readonly block: number
  readonly rival: string
  readonly borrower: Hex
  readonly tip: bigint
  readonly to: string
}

/** A running chain with a past: every block from `from` to `to`. */
export type History = {
  readonly sandbox: Sandbox
  readonly from: number
  readonly to: number
  readonly head: Hex
  readonly path: PricePath
  /** For `sandboxConfig`: the market that is left out. */
  readonly protocols: Readonly<Record<string, readonly object[]>>
  readonly taken: readonly Taken[]
  readonly lost: readonly Lost[]
  /** Positions that could be liquidated when the history ended, and nobody had. */
  readonly left: number
  readonly baseFees: { readonly least: bigint; readonly most: bigint }
  readonly seconds: number
}
