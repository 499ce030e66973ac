import type { Address } from '#core/address.ts'
import type { Plain } from '#core/plain.ts'
import type { ComposeSettings } from '../engine/compose.ts'

/** One deployment as it was chosen: its folder's definition makes it again. */
export type ChosenPlain = { readonly name: string; readonly label: string; readonly config: Plain }

/** What a replay has to be told of the recorded keeper: nothing secret, and no address of a node or a relay. */
export type RunHead = {
  /** Version of what follows. */
  readonly run: 1
  /** Of Plimsoll. */
  readonly version: string
  readonly chainId: number
  readonly settings: Omit<ComposeSettings, 'dataFees' | 'snapshot'>
  readonly chosen: Readonly<Record<'protocols' | 'venues' | 'exits' | 'flash', readonly ChosenPlain[]>>
  readonly lanes: readonly Address[]
}
