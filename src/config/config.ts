import type { ExitDefinition } from '#core/exit.ts'
import type { FlashDefinition } from '#core/flash.ts'
import type { Definition } from '#core/strategy.ts'
import type { VenueDefinition } from '#core/venue.ts'
import type { Settings } from './schema.ts'

/** One deployment chosen: `definition.create(config)` makes it. `label` tells two of one protocol apart. */
export type Chosen<D> = {
  readonly name: string
  /** `aave-v3:mainnet` for a preset, `aave-v3:1` for the first written out. */
  readonly label: string
  readonly definition: D
  readonly config: unknown
}

/** All an operator said, checked and complete. */
export type Config = Omit<Settings, 'protocols' | 'venues' | 'exits' | 'flash'> & {
  readonly protocols: readonly Chosen<Definition>[]
  readonly venues: readonly Chosen<VenueDefinition>[]
  readonly exits: readonly Chosen<ExitDefinition>[]
  readonly flash: readonly Chosen<FlashDefinition>[]
  /** `plimsoll.yaml:12` for `executor.sink`: for what only the chain can tell to be wrong. */
  readonly where: (setting: string) => string
}

/** Everything chosen from folders, whatever its kind. */
export const allChosen = ({
  protocols,
  venues,
  exits,
  flash,
}: Pick<Config, 'protocols' | 'venues' | 'exits' | 'flash'>) => [...protocols, ...venues, ...exits, ...flash] as const
