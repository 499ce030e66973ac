import { Interface } from 'ethers'
import { makerClip, makerDog, makerJoin, makerPip, makerSpotter, makerVat } from '#abis/maker-clip.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Trust } from '#core/trust.ts'
import type { View } from '#core/world.ts'
import type { MakerConfig } from './config.ts'
import { readIlks } from './read-ilks.ts'
import { listIlks, readSystem } from './read-system.ts'

/**
 * Every call that a bark, a take or a redo consists of, for each collateral there is now; those that come later need
 * entries of their own. `hope` and `nope` name whom the vat lets move what is ours there: nothing of ours stays in it.
 */
export async function trusts(view: View, config: MakerConfig): Promise<readonly Trust[]> {
  const { data: system } = await readSystem(view, config)
  const ilks = await readIlks(view, system, await listIlks(view, config))
  const perIlk = ilks.flatMap(({ data }) => [
    target(data.clip, makerClip, 'take', 3),
    target(data.clip, makerClip, 'redo', 1),
    target(data.gemJoin, makerJoin, 'exit', 0),
    ...(data.source === 'osm' ? [target(data.pip, makerPip, 'poke', null)] : []),
  ])
  return [
    target(system.dog, makerDog, 'bark', 2),
    target(system.spotter, makerSpotter, 'poke', null),
    target(system.vat, makerVat, 'hope', null),
    target(system.vat, makerVat, 'nope', null),
    target(system.daiJoin, makerJoin, 'join', 0),
    target(system.daiJoin, makerJoin, 'exit', 0),
    { kind: 'spender', who: system.daiJoin },
    ...perIlk,
  ]
}

/** `recipient`: the number of the argument that must be the executor. */
const target = (to: Address, abi: readonly string[], name: string, recipientArgument: number | null): Trust => ({
  kind: 'target',
  to,
  selector: new Interface(abi).getFunction(name)?.selector as Hex,
  recipientArgument,
  watched: null,
})
