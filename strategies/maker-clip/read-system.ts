import { AbiCoder, Interface } from 'ethers'
import { makerDog, makerIlkRegistry, makerJoin, makerSpotter } from '#abis/maker-clip.ts'
import type { Hex } from '#core/address.ts'
import type { Market } from '#core/book.ts'
import type { View } from '#core/world.ts'
import type { MakerConfig } from './config.ts'
import { addressIn, word } from './read-ilks.ts'
import { type System, systemId } from './records.ts'

const [dog, spotter, join, registry] = [makerDog, makerSpotter, makerJoin, makerIlkRegistry].map(
  (fragments) => new Interface(fragments),
) as [Interface, Interface, Interface, Interface]

type Addresses = Omit<MakerConfig, 'fromBlock'>

/** What all collaterals share, at the view's block. @throws `bad-answer` where the addresses are others'. */
export async function readSystem(view: View, at: Addresses): Promise<Market<System>> {
  const asked = ['vat', 'live', 'Hole', 'Dirt'].map((name) => ({
    to: at.dog,
    data: dog.encodeFunctionData(name) as Hex,
  }))
  const answers = await view.call([
    ...asked,
    { to: at.spotter, data: spotter.encodeFunctionData('par') as Hex },
    { to: at.daiJoin, data: join.encodeFunctionData('dai') as Hex },
  ])
  const data: System = {
    kind: 'system',
    dog: at.dog,
    spotter: at.spotter,
    daiJoin: at.daiJoin,
    ilkRegistry: at.ilkRegistry,
    vat: addressIn(answers[0], 0),
    dai: addressIn(answers[5], 0),
    par: word(answers[4], 0),
    hole: word(answers[2], 0),
    dirt: word(answers[3], 0),
    isLive: word(answers[1], 0) === 1n,
  }
  return { id: systemId(at.dog), epoch: 0, data }
}

/** Every collateral that is registered. @throws `bad-answer`. */
export async function listIlks(view: View, { ilkRegistry }: Addresses): Promise<readonly Hex[]> {
  const [answer] = await view.call([{ to: ilkRegistry, data: registry.encodeFunctionData('list') as Hex }])
  word(answer, 1)
  return AbiCoder.defaultAbiCoder()
    .decode(['bytes32[]'], answer ?? '0x')[0]
    .toArray() as readonly Hex[]
}
