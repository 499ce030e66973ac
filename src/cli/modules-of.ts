import type { Config } from '../config/config.ts'
import type { Modules } from '../engine/modules.ts'

/** What the configuration chose, made. */
export const modulesOf = ({ protocols, venues, flash }: Config): Modules => ({
  strategies: protocols.map(({ name, label, definition, config }) => ({
    key: `strategy/${label}`,
    name,
    module: definition.create(config),
  })),
  venues: venues.map(({ name, label, definition, config }) => ({
    key: `venue/${label}`,
    name,
    module: definition.create(config),
  })),
  flash: flash.map(({ name, label, definition, config }) => ({
    key: `flash/${label}`,
    name,
    module: definition.create(config),
  })),
})
