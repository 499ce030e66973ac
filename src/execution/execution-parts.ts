import type { Address, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import type { Order } from '#core/program.ts'
import type { Store, World } from '#core/world.ts'
import type { RawReceipt } from './actuals.ts'
import type { GasModel } from './gas-model.ts'
import type { AttemptEvent, Intent } from './intent.ts'
import type { ExecutionSettings } from './job.ts'
import type { Lane } from './lane.ts'
import type { Reserve } from './reservations.ts'

/** What an execution is given, and all it can reach. */
export type ExecutionParts = {
  readonly settings: ExecutionSettings
  readonly lanes: readonly Lane[]
  readonly gas: GasModel
  readonly store: Store
  /** @throws `store-failed`, `lease-lost`: then nothing may leave. */
  readonly reserve: Reserve
  /** Runs it once the bytes are out; never lost, and soon. */
  readonly after: (work: () => void) => void
  /** Nanoseconds on the monotonic clock. */
  readonly now: () => bigint
  readonly send: World['send']
  readonly request: (method: string, params: readonly unknown[]) => Promise<unknown>
  readonly encode: (order: Order) => Hex
  /** Whether a log is the executor's own word that an execution succeeded. */
  readonly isExecuted: (log: Log) => boolean
  readonly ownerOf: (position: string) => Address | null
  /** Asked once more before the bytes leave: a kill switch thrown, a lease run out since the verdict. `null`: go on. */
  readonly against: () => string | null
  readonly on: {
    readonly intent: (intent: Intent) => void
    readonly attempt: (event: AttemptEvent, intent: Intent) => void
    /** An attempt is on the chain. `told` journals its fate: together with the receipt, or a crash would part them. */
    readonly landed: (intent: Intent, receipt: RawReceipt, told: () => Promise<void>) => Promise<void>
    readonly funded: (lane: Lane) => void
    /** What may have left before the start cannot land any more: its positions and its lane are free. */
    readonly freed: () => void
    readonly fault: (error: unknown) => void
  }
}
