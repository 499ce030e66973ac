import type { Block } from '#core/block.ts'
import type { KeeperError } from '#core/error.ts'
import type { Miss } from '#core/miss.ts'
import type { Wei } from '#core/numbers.ts'
import type { Verdict } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { SceneSpec, Trigger } from '#core/scene.ts'
import type { AttemptEvent, Intent } from '../execution/intent.ts'
import type { Drift } from './drift.ts'
import type { Survey } from './unserved.ts'

/** All that can be told of a keeper's life. The engine names events; what is logged or counted is decided elsewhere. */
export interface KeeperEvents {
  readonly syncing: (what: string, count: number) => void
  readonly synced: (size: {
    readonly markets: number
    readonly positions: number
    readonly pools: number
    readonly block: number
    readonly tookMs: number
  }) => void
  readonly head: (
    block: Block,
    change: { readonly logs: number; readonly feeds: number; readonly stale: boolean },
  ) => void
  readonly undone: (blocks: number) => void
  /** All that was said of a scene, news or not: for who keeps count of every block. */
  readonly judged?: (spec: SceneSpec, verdicts: readonly Verdict[], took: Took) => void
  /** `tookNs`: since what called for it arrived. */
  readonly verdict: (verdict: Verdict, block: number, trigger: Trigger, tookNs: bigint) => void
  readonly intent: (intent: Intent) => void
  readonly attempt: (event: AttemptEvent, intent: Intent) => void
  readonly receipt: (receipt: Receipt, intent: Intent, exactness: Exactness) => void
  /** Somebody else was paid for what we watched, and why it was not us. */
  readonly missed: (miss: Miss) => void
  /** A reorg took the block away that a miss was in. */
  readonly missTakenBack: (miss: Miss) => void
  readonly reread: (positions: number) => void
  readonly drift: (drift: Drift) => void
  readonly quarantined: (drift: Drift) => void
  readonly released: (position: string) => void
  /** What is on the chain and not served, of every deployment: at the start, and now and then. */
  readonly unserved: (found: readonly Survey[]) => void
  readonly lane: (name: string, balance: Wei, highestAffordableBaseFee: Wei) => void
  readonly guard: (name: string, detail: string) => void
  readonly fault: (error: KeeperError | Error) => void
}

/** A scene's way in nanoseconds: until it was judged, deciding, and handing over what is to be sent. */
export type Took = { readonly waitNs: bigint; readonly decideNs: bigint; readonly handNs: bigint }

/** How far the chain came out from what was foreseen, in smallest units; all zero where the plan was exact. */
export type Exactness = {
  /** Whether it was included at the block and timestamp it was signed for: exact is only promised there. */
  readonly isComparable: boolean
  readonly repay: readonly bigint[]
  readonly seize: readonly bigint[]
  readonly swapOut: readonly bigint[]
  readonly profit: bigint
}
