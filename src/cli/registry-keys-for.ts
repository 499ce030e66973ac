import type { Hex } from '#core/address.ts'
import type { View } from '#core/world.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import { allChosen, type Config } from '../config/config.ts'

/** Keys of all that the executor must have registered for what was chosen, as a block tells it. */
export const registryKeysFor =
  (chosen: Pick<Config, 'protocols' | 'venues' | 'exits' | 'flash'>) =>
  async (view: View): Promise<readonly Hex[]> =>
    (await registryFor(view, allChosen(chosen))).map(({ key }) => key)
