import { Interface } from 'ethers'
import { makerClip, makerDog, makerJoin, makerPip, makerSpotter, makerVat } from '#abis/maker-clip.ts'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Encoded, Step } from '#core/plan.ts'
import { type Call, call } from '#core/program.ts'
import {
  type Case,
  type IlkMarket,
  isIlk,
  type MakerBook,
  type MakerMarket,
  type MakerPosition,
  type Poke,
  type System,
  systemOf,
} from './records.ts'

const [vat, dog, clip, join, pip, spotter] = [makerVat, makerDog, makerClip, makerJoin, makerPip, makerSpotter].map(
  (fragments) => new Interface(fragments),
) as [Interface, Interface, Interface, Interface, Interface, Interface]
const calls = (of: Interface, to: Address, name: string, args: readonly unknown[], rest: Partial<Call> = {}): Call =>
  call(to, of.encodeFunctionData(name, args) as Hex, rest)

/** `clipperCall(address sender, uint256 owe, uint256 slice, bytes data)`. */
const clipperCall: Hex = '0x8452c10e'
const sliceWord = 2

/**
 * The vat lets whom we name move what is ours there: named just before, and no longer just after. A take's collateral
 * leaves the vat as we are called back, and the DAI it costs enters it before we return; a reward leaves it at the end.
 * @throws `bad-argument` when the collateral is not in the book.
 */
export function encode(book: MakerBook, step: Step<Case, MakerMarket, MakerPosition>, executor: Address): Encoded {
  const { data, market: id } = step.opportunity
  const market = book.market(id)
  const system = systemOf(book)
  if (!isIlk(market) || system === null)
    throw new KeeperError('bad-argument', `${step.opportunity.id} cannot be encoded: its collateral is not in the book`)
  const { ilk, clip: at } = market.data
  if (data.act === 'take') return encodeTake(system.data, market, step, data.number, data.price, executor)
  const act =
    data.act === 'bark'
      ? calls(dog, system.data.dog, 'bark', [ilk, data.urn, executor])
      : calls(clip, at, 'redo', [data.number, executor])
  const pokes = data.act === 'bark' ? pokesOf(system.data, market, data.poke) : []
  const coin = step.terms.rewards[0]?.amount ?? 0n
  const { daiJoin } = system.data
  return {
    prepare: pokes,
    act: () => act,
    callback: null,
    finish: coin === 0n ? [] : hoping(system.data, daiJoin, calls(join, daiJoin, 'exit', [executor, coin])),
  }
}

const hoping = ({ vat: at }: System, whom: Address, ...inside: readonly Call[]): readonly Call[] => [
  calls(vat, at, 'hope', [whom]),
  ...inside,
  calls(vat, at, 'nope', [whom]),
]

const pokesOf = (system: System, { data }: IlkMarket, poke: Poke): readonly Call[] => [
  ...(poke === 'osm' ? [calls(pip, data.pip, 'poke', [])] : []),
  ...(poke === 'none' ? [] : [calls(spotter, system.spotter, 'poke', [data.ilk])]),
]

function encodeTake(
  system: System,
  { data }: IlkMarket,
  { input, terms }: Step<Case, MakerMarket, MakerPosition>,
  number: bigint,
  price: bigint,
  executor: Address,
): Encoded {
  const units = terms.seized[0]?.amount ?? 0n
  // Where a unit of the token is one of the vat's, what the clipper says it handed over is exact whatever the price.
  const fills = data.decimals === 18 ? [{ offset: 4 + 32, with: 'callback-word' as const, index: sliceWord }] : []
  return {
    prepare: [calls(vat, system.vat, 'hope', [data.clip])],
    act: (payload) => calls(clip, data.clip, 'take', [number, input, price, executor, payload]),
    callback: {
      from: data.clip,
      selector: clipperCall,
      enter: [calls(join, data.gemJoin, 'exit', [executor, units], { fills })],
      leave: [calls(join, system.daiJoin, 'join', [executor, terms.repay])],
    },
    finish: [calls(vat, system.vat, 'nope', [data.clip])],
  }
}
