import type { KeeperError } from '#core/error.ts'
import type { Miss } from '#core/miss.ts'
import type { Wei } from '#core/numbers.ts'
import type { Sum, Verdict } from '#core/plan.ts'
import type { Receipt } from '#core/receipt.ts'
import type { Trigger } from '#core/scene.ts'
import type { Figures } from '#core/strategy.ts'
import type { Submission } from '#core/world.ts'
import type { HealthState } from './health.ts'

type Via = Submission['via']

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
  readonly head: (what: { number: number; lagSeconds: number }) => void
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
  readonly intent: (what: { plan: string; strategy: string; lane: string; nonce: number }) => void
  readonly sent: (what: { plan: string; via: Via; relay: string }) => void
  /** A first send, so long after its trigger's arrival. */
  readonly leftAfter: (trigger: Trigger, seconds: number) => void
  /** So many log lines and counts were given up: too many waited. */
  readonly eventsDropped: (count: number) => void
  readonly sendRefused: (what: { plan: string; via: Via; relay: string; why: string }) => void
  readonly receipt: (receipt: Receipt, via: Via) => void
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
  readonly laneFunding: (what: { lane: string; wei: Wei; highestAffordableBaseFee: Wei }) => void
  readonly recordedProfit: (sum: Sum, via: Via) => void
  /** A reorg took away the block that a recorded profit was in. */
  readonly unwoundProfit: (sum: Sum, via: Via) => void
  readonly warning: (text: string) => void
  readonly stopping: (why: string) => void
  readonly stopped: () => void
  readonly failed: (error: unknown) => void

  readonly metricsText: () => Promise<string>
  readonly health: () => HealthState
}
