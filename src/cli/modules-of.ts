import { venueOfExit } from '#core/exit.ts'
import { toText } from '#core/plain.ts'
import type { Venue } from '#core/venue.ts'
import type { Layouts } from '../book/snapshot.ts'
import type { Config } from '../config/config.ts'
import type { Modules } from '../engine/modules.ts'

type Choice = Pick<Config, 'protocols' | 'venues' | 'exits' | 'flash'>

/** What the configuration chose, made. */
export const modulesOf = ({ protocols, venues, exits, flash }: Choice): Modules => ({
  strategies: protocols.map(({ name, label, definition, config }) => ({
    key: `strategy/${label}`,
    name,
    module: definition.create(config),
  })),
  venues: [
    ...exits.map(({ name, label, definition, config }) => ({
      key: `exit/${label}`,
      name,
      module: venueOfExit(definition.create(config)) as unknown as Venue,
    })),
    ...venues.map(({ name, label, definition, config }) => ({
      key: `venue/${label}`,
      name,
      module: definition.create(config),
    })),
  ],
  flash: flash.map(({ name, label, definition, config }) => ({
    key: `flash/${label}`,
    name,
    module: definition.create(config),
  })),
})

/** What a stored book depends on: the chain, the executor, and of each strategy its layout and what was written for it. */
export const layoutsOf = ({ chain, executor, protocols }: Config): Layouts => ({
  chain: chain.id,
  executor: executor?.address ?? 'none',
  ...Object.fromEntries(
    protocols.map(({ label, definition, config }) => [`strategy/${label}`, `${definition.layout} ${toText(config)}`]),
  ),
})
