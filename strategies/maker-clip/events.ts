import { Interface } from 'ethers'
import { makerCalc, makerClip, makerDog, makerIlkRegistry, makerSpotter, makerVat } from '#abis/maker-clip.ts'
import type { Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'

const vat = new Interface(makerVat)
/** The vat's and the spotter's logs are anonymous: the first topic is the selector, padded. Source: LibNote. */
const noted = (of: Interface, name: string): Hex => `${of.getFunction(name)?.selector as Hex}${'0'.repeat(56)}`

export const frob = noted(vat, 'frob')
export const fork = noted(vat, 'fork')
export const grab = noted(vat, 'grab')
export const rateFold = noted(vat, 'fold')
export const vatFile = noted(vat, 'file')
export const vatTopics: readonly Hex[] = [frob, fork, grab, rateFold, vatFile]
/** Those that change an urn: its id follows the collateral's. */
export const urnTopics: readonly Hex[] = [frob, fork, grab]

const spotter = new Interface(makerSpotter)
export const parFiled = noted(spotter, 'file(bytes32,uint256)')
export const spotterTopics: readonly Hex[] = [
  parFiled,
  noted(spotter, 'file(bytes32,bytes32,uint256)'),
  noted(spotter, 'file(bytes32,bytes32,address)'),
]

const topicIn = (fragments: readonly string[]): ((name: string) => Hex) => {
  const known = new Interface(fragments)
  return (name) => known.getEvent(name)?.topicHash as Hex
}
const dog = topicIn(makerDog)
export const bark = dog('Bark')
export const digs = dog('Digs')
export const caged = dog('Cage')
export const ilkFiled: readonly Hex[] = [dog('File(bytes32,bytes32,uint256)'), dog('File(bytes32,bytes32,address)')]
export const dogFiled: readonly Hex[] = [dog('File(bytes32,uint256)'), dog('File(bytes32,address)')]
export const dogTopics: readonly Hex[] = [bark, digs, caged, ...ilkFiled, ...dogFiled]

const clip = topicIn(makerClip)
export const kick = clip('Kick')
export const take = clip('Take')
export const redo = clip('Redo')
export const yank = clip('Yank')
const clipFiled: readonly Hex[] = [clip('File(bytes32,uint256)'), clip('File(bytes32,address)')]
export const clipTopics: readonly Hex[] = [kick, take, redo, yank, ...clipFiled]
export const calcTopics: readonly Hex[] = [topicIn(makerCalc)('File')]
export const registryTopics: readonly Hex[] = [topicIn(makerIlkRegistry)('AddIlk')]

/** One argument of the noted call, as a signed integer: its calldata lies behind an offset and a length. */
export function argument(log: Log, index: number): bigint {
  const at = 2 + 2 * (64 + 4 + 32 * index)
  return BigInt.asIntN(256, BigInt(`0x${log.data().slice(at, at + 64)}`))
}
/** The address in the low bytes of a noted argument. */
export const ascii = (word: Hex): string =>
  String.fromCharCode(...(word.slice(2).match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))).replace(
    /\0+$/,
    '',
  )
