import type { KeeperError } from '#core/error.ts'
import type { Miss } from '#core/miss.ts'
import type { Wei } from '#core/numbers.ts'
import type { Sum, Verdict } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { Trigger } from '#core/scene.ts'
import type { Figures } from '#core/strategy.ts'
import type { Input, Submission } from '#core/world.ts'
import type { HealthState } from './health.ts'

type Via = Submission['via']
/** Under which names money is counted. */
type Under = { readonly via: Via; readonly strategy: string }

/** Who sends, of several keepers with one journal. */
export type LeaseNews =
  /** It has the journal to itself, and always sends. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'taken'; readonly epoch: number }
  | { readonly kind: 'lost'; readonly why: string }
  /** It runs out and cannot be renewed: nothing is sent. */
  | { readonly kind: 'failing'; readonly error: KeeperError }
  /** The database has answered; `null`: another leads. */
  | { readonly kind: 'asked'; readonly epoch: number | null }

/**
 * One function for each thing that happens; each logs and counts. The pipeline tells what happened and never names a
 * metric or a logger.
 */
export interface Observe {
  readonly starting: (what: {
    readonly chainId: number
    readonly blockSeconds: number
    readonly isDryRun: boolean
    readonly via: Via
    readonly protocols: readonly string[]
    readonly version: string
  }) => void
  /** Where /metrics, /healthz and /readyz answer. */
  readonly serving: (host: string, port: number) => void
  /** Where the console answers, and the file that holds its token; `null`: it was given. */
  readonly consoleServing: (url: string, tokenFile: string | null) => void
  readonly syncing: (what: string, count: number) => void
  readonly synced: (what: { positions: number; markets: number; pools: number; ms: number }) => void
  /** Something reached the keeper. */
  readonly input: (kind: Input['kind']) => void
  readonly head: (what: { number: number; lagSeconds: number; baseFee: bigint }) => void
  readonly reorg: (depth: number) => void
  readonly refreshed: (positions: number) => void
  readonly drift: (what: { strategy: string; position: string; ours: Figures; theirs: Figures }) => void
  readonly quarantined: (what: { strategy: string; position: string; why: string }) => void
  /** Tokens that are on the chain and not served, and positions nothing can be done about: of every deployment. */
  readonly unserved: (
    found: readonly {
      readonly strategy: string
      readonly tokens: readonly { readonly token: string; readonly lack: string; readonly markets: readonly string[] }[]
      readonly stuck: Readonly<Record<string, number>>
    }[],
  ) => void
  readonly verdict: (what: {
    readonly verdict: Verdict
    readonly strategy: string
    readonly trigger: Trigger
    /** From the head's arrival. */
    readonly seconds?: number
  }) => void
  /** A scene was judged: what its way took, from the trigger's arrival. */
  readonly scene: (what: {
    readonly trigger: Trigger
    readonly waitSeconds: number
    readonly decideSeconds: number
    readonly handSeconds: number
  }) => void
  /** Who is below the line in the next block, and what was said of it; all of it, each time. */
  readonly standing: (found: readonly { strategy: string; reason: string; positions: number }[]) => void
  /** What time alone will bring: positions within the hour and the day, and seconds until the first. */
  readonly coming: (what: { hour: number; day: number; nextSeconds: number }) => void
  readonly intent: (what: { plan: string; strategy: string; lane: string; nonce: number; hash: string }) => void
  readonly attempt: (what: { plan: string; via: Via; status: string }) => void
  readonly sent: (what: { transactionHash: string; via: Via; relay: string }) => void
  readonly relayAnswered: (relay: string, seconds: number) => void
  /** A first send, so long after its trigger's arrival. */
  readonly leftAfter: (trigger: Trigger, seconds: number) => void
  /** So many log lines and counts were given up: too many waited. */
  readonly eventsDropped: (count: number) => void
  /** What became of so many spans. */
  readonly spans: (count: number, result: 'sent' | 'dropped') => void
  readonly sendRefused: (what: { transactionHash: string; via: Via; relay: string; why: string }) => void
  readonly receipt: (receipt: Receipt, under: Under) => void
  /** `elsewhere`: in another block than it was signed for, where nothing is promised. */
  readonly compared: (what: { plan: string; result: 'exact' | 'inexact' | 'elsewhere' }) => void
  readonly missed: (miss: Miss) => void
  /** A reorg took away the block a miss was in. */
  readonly missUndone: (miss: Miss) => void
  readonly dropped: (plan: string, why: string) => void
  readonly rpcFault: (error: KeeperError) => void
  readonly storeFault: (error: KeeperError) => void
  /** A guard that holds sending back (`isOpen`), or is closed again. */
  readonly guard: (what: { name: string; isOpen: boolean; detail: string }) => void
  /** A daily limit is reached; where a revert costs nothing, that is all that happens. */
  readonly guardAlert: (what: { name: string; detail: string }) => void
  readonly lease: (news: LeaseNews) => void
  /** The part of each limit that the last 24 hours have used. */
  readonly guardUse: (used: readonly { guard: string; part: number }[]) => void
  readonly laneFunding: (what: { lane: string; wei: Wei; highestAffordableBaseFee: Wei }) => void
  readonly recordedProfit: (sum: Sum, under: Under) => void
  /** A reorg took away the block that a recorded profit was in. */
  readonly unwoundProfit: (sum: Sum, under: Under) => void
  /** The configuration was read again: what is in force since, and what needs a new start. */
  readonly reloaded: (what: {
    readonly changed: readonly { readonly name: string; readonly from: string; readonly to: string }[]
    readonly waiting: readonly string[]
  }) => void
  /** What a look at the executor found; all of it, each time. */
  readonly executor: (
    checks: readonly { name: string; state: 'ok' | 'warning' | 'failure'; found: string; todo: string }[],
  ) => void
  /** The channels the built-in notifier has. */
  readonly notifying: (channels: readonly string[]) => void
  /** What became of a message of the built-in notifier; `why` is empty where it was sent. */
  readonly notified: (what: { channel: string; result: 'sent' | 'failed' | 'dropped'; why: string }) => void
  readonly warning: (text: string) => void
  readonly stopping: (why: string) => void
  readonly stopped: () => void
  readonly failed: (error: unknown) => void

  readonly metricsText: () => Promise<string>
  readonly health: () => HealthState
}
