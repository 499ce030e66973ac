import { Interface } from 'ethers'
import { makerCalc, makerClip, makerDog, makerIlkRegistry, makerPip, makerSpotter, makerVat } from '#abis/maker-clip.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Read, View } from '#core/world.ts'
import { type Curve, epochOf, type Ilk, type IlkMarket, ilkId, type System } from './records.ts'

const [vat, dog, clip, spotter, registry] = [makerVat, makerDog, makerClip, makerSpotter, makerIlkRegistry].map(
  (fragments) => new Interface(fragments),
) as [Interface, Interface, Interface, Interface, Interface]
const [calc, pip] = [new Interface(makerCalc), new Interface(makerPip)]
const reads = (of: Interface, to: Address, names: readonly string[], args: readonly unknown[] = []): readonly Read[] =>
  names.map((name) => ({ to, data: of.encodeFunctionData(name, args) as Hex }))

const clipParts = ['calc', 'buf', 'tail', 'cusp', 'chip', 'tip', 'stopped', 'kicks']
/** Where an OSM keeps what it shows and what it will show: value in the low half, whether there is one above. */
const [currentSlot, nextSlot]: readonly [Hex, Hex] = ['0x3', '0x4']

type Rows = readonly (readonly (Hex | null)[])[]

/**
 * Collaterals as they stand, in three rounds of calls and one of storage however many. One without a clipper, or without
 * a join through which its collateral leaves the vat, is left out: nothing of it can be sold by us.
 */
export async function readIlks(view: View, system: System, ids: readonly Hex[]): Promise<readonly IlkMarket[]> {
  const first = await inRows(view, ids, (ilk) => [
    ...reads(vat, system.vat, ['ilks'], [ilk]),
    ...reads(dog, system.dog, ['ilks'], [ilk]),
    ...reads(spotter, system.spotter, ['ilks'], [ilk]),
    ...reads(registry, system.ilkRegistry, ['gem', 'join', 'dec'], [ilk]),
  ])
  const found = ids.flatMap((ilk, at) => {
    const row = first[at] ?? []
    const isServed = word(row[1], 0) !== 0n && word(row[3], 0) !== 0n && word(row[4], 0) !== 0n
    return isServed ? [{ ilk, row, clip: addressIn(row[1], 0), pip: addressIn(row[2], 0) }] : []
  })
  const second = await inRows(view, found, ({ clip: at, pip: from }) => [
    ...reads(clip, at, clipParts),
    ...reads(pip, from, ['zzz', 'hop', 'stopped']),
  ])
  const third = await inRows(view, second, (row) => reads(calc, addressIn(row[0], 0), ['step', 'cut', 'tau']))
  const isOsm = (row: readonly (Hex | null)[]): boolean => isWord(row[8]) && isWord(row[9])
  const slots = await view.storage(
    found.flatMap(({ pip: of }, at) =>
      isOsm(second[at] ?? []) ? [currentSlot, nextSlot].map((slot) => ({ of, slot })) : [],
    ),
  )
  let slot = 0
  return found.map(({ ilk, row, ...addresses }, at) => {
    const parts = second[at] ?? []
    const source = isOsm(parts) ? 'osm' : 'feed'
    const [current, next] = source === 'osm' ? [held(slots[slot++]), held(slots[slot++])] : [null, null]
    const data: Ilk = {
      kind: 'ilk',
      ilk,
      ...addresses,
      calc: addressIn(parts[0], 0),
      curve: curveOf(third[at] ?? []),
      gem: addressIn(row[3], 0),
      gemJoin: addressIn(row[4], 0),
      decimals: Number(word(row[5], 0)),
      ...{ rate: word(row[0], 1), spot: word(row[0], 2), dust: word(row[0], 4) },
      ...{ chop: word(row[1], 1), hole: word(row[1], 2), dirt: word(row[1], 3), mat: word(row[2], 1) },
      ...{ buf: word(parts[1], 0), tail: word(parts[2], 0), cusp: word(parts[3], 0), chip: word(parts[4], 0) },
      ...{ tip: word(parts[5], 0), stopped: word(parts[6], 0), kicks: word(parts[7], 0) },
      ...{ source, current, next },
      since: source === 'osm' ? Number(word(parts[8], 0)) : 0,
      hop: source === 'osm' ? Number(word(parts[9], 0)) : 0,
      isStopped: source === 'osm' && isWord(parts[10]) && word(parts[10], 0) !== 0n,
    }
    return { id: ilkId(system.dog, ilk), epoch: epochOf(data), data }
  })
}

async function inRows<T>(view: View, of: readonly T[], ask: (one: T) => readonly Read[]): Promise<Rows> {
  const asked = of.map(ask)
  const answers = await view.call(asked.flat())
  let from = 0
  return asked.map(({ length }) => {
    from += length
    return answers.slice(from - length, from)
  })
}

/** Told by what answers. Source: dss abaci. */
function curveOf([step, cut, tau]: readonly (Hex | null)[]): Curve {
  if (isWord(tau)) return { shape: 'linear', tau: BigInt(tau) }
  if (!isWord(cut)) return { shape: 'none' }
  return isWord(step)
    ? { shape: 'stair', step: BigInt(step), cut: BigInt(cut) }
    : { shape: 'exponential', cut: BigInt(cut) }
}

const held = (slot: Hex | undefined): bigint | null => {
  const value = BigInt(slot ?? '0x0')
  return value >> 128n === 1n ? value & (2n ** 128n - 1n) : null
}

const isWord = (answer: Hex | null | undefined): answer is Hex => (answer ?? '').length >= 66

/** @throws `bad-answer` where the contract did not answer so much. */
export function word(answer: Hex | null | undefined, index: number): bigint {
  const text = (answer ?? '').slice(2 + index * 64, 66 + index * 64)
  if (text.length !== 64) {
    throw new KeeperError('bad-answer', 'a contract of Maker’s answers otherwise than it should: check the addresses', {
      retryable: true,
    })
  }
  return BigInt(`0x${text}`)
}

export function addressIn(answer: Hex | null | undefined, index: number): Address {
  const value = word(answer, index)
  return value === 0n ? ZERO_ADDRESS : addressOfWord(`0x${value.toString(16).padStart(64, '0')}`)
}
