import type { Hex } from '#core/address.ts'
import type { LogFilter } from '#core/block.ts'
import type { Rec } from '#core/plain.ts'
import type { Plan, SkipReason } from '#core/plan.ts'
import type { SceneSource } from '#core/scene.ts'
import type { View, World } from '#core/world.ts'
import type { Execution } from '../execution/execution.ts'
import type { GasModel } from '../execution/gas-model.ts'
import type { Head } from '../scene/next-block.ts'
import type { BookFile } from './book-file.ts'
import type { CareSettings } from './care.ts'
import type { DecideSettings } from './decide.ts'
import type { KeeperEvents } from './events.ts'
import type { Leading } from './leading.ts'
import type { Measuring } from './measuring.ts'
import type { Mirror } from './mirror.ts'
import type { Registry } from './registry.ts'
import type { Rivals } from './rivals.ts'

type KeeperSettings = {
  readonly decide: DecideSettings
  readonly care: CareSettings
  /** Seconds from one block to the next. */
  readonly blockSeconds: number
  readonly isDryRun: boolean
  /** Blocks are still to come: what may come next is rehearsed, and what is not served is told. */
  readonly isLive: boolean
}

export type KeeperParts = {
  readonly world: World
  /** A fresh one: made again when the chain forks deeper than can be undone. */
  readonly createMirror: () => Mirror
  readonly bookFile: BookFile
  /** Makers of scenes beside the next block itself; made anew with each mirror. */
  readonly sources: (mirror: Mirror) => readonly SceneSource[]
  readonly execution: Execution
  readonly gas: GasModel
  readonly registry: Registry
  readonly settings: KeeperSettings
  readonly events: KeeperEvents
  readonly rivals: Rivals
  readonly measuring: Measuring
  /** The head to begin from. */
  readonly latest: () => Promise<Head>
  /** Reads of a start: many, and not in a hurry. */
  readonly readAll: (hash: Hex) => View
  /** Heads are given as inputs from here on. */
  readonly follow: (from: Head, filters: () => readonly LogFilter[]) => void
  readonly executorLogs: LogFilter
  /** Whether newer inputs wait: what is decided now would be late. */
  readonly isBehind: () => boolean
  /** Requests made to the node so far. */
  readonly requests: () => number
  readonly leading: Leading
  /** Taken in their order among heads: who leads, and by which policy. */
  readonly onCommand: (body: Rec) => void
  /** A guard's word against a plan. */
  readonly guard: (plan: Plan) => { readonly reason: SkipReason; readonly detail: string } | null
  /** Why nothing is to be done in a market, alone or beside others. */
  readonly halts: (market: string) => { readonly reason: SkipReason; readonly detail: string } | null
}
