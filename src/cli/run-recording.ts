import type { Address } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Plain } from '#core/plain.ts'
import type { Chosen, Config } from '../config/config.ts'
import { discover } from '../config/discover.ts'
import type { Modules } from '../engine/modules.ts'
import type { ChosenPlain, RunHead } from '../replay/run-head.ts'
import { composeSettings } from './compose-settings.ts'
import { modulesOf } from './modules-of.ts'
import { version } from './version.ts'

/** What a replay needs of a configuration: neither keys nor addresses of nodes and relays. */
export function runHead(config: Config, lanes: readonly Address[]): RunHead {
  const { protocols, venues, exits, flash } = config
  const plain = (chosen: readonly Chosen<unknown>[]): readonly ChosenPlain[] =>
    chosen.map(({ name, label, config: one }) => ({ name, label, config: one as Plain }))
  return {
    ...{ run: 1, version, chainId: config.chain.id, settings: composeSettings(config), lanes },
    chosen: { protocols: plain(protocols), venues: plain(venues), exits: plain(exits), flash: plain(flash) },
  }
}

/** What was chosen then, made by what the folders hold now. @throws `unsupported`: a folder is gone. */
export async function recordedModules({ chosen }: RunHead): Promise<Modules> {
  const { strategies, venues, exits, flash } = await discover()
  const again = <D>(all: readonly ChosenPlain[], folder: ReadonlyMap<string, D>): readonly Chosen<D>[] =>
    all.map(({ name, label, config }) => {
      const definition = folder.get(name)
      if (definition === undefined)
        throw new KeeperError(
          'unsupported',
          `the recorded run had ${label}, and there is no ${name} here: replay where there is`,
        )
      return { name, label, config, definition }
    })
  return modulesOf({
    protocols: again(chosen.protocols, strategies),
    venues: again(chosen.venues, venues),
    exits: again(chosen.exits, exits),
    flash: again(chosen.flash, flash),
  })
}
