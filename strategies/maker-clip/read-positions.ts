import { AbiCoder, Interface } from 'ethers'
import { makerClip, makerVat } from '#abis/maker-clip.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { Position } from '#core/book.ts'
import type { View } from '#core/world.ts'
import { fork, urnTopics } from './events.ts'
import { addressIn, word } from './read-ilks.ts'
import { type Auction, auctionId, type IlkMarket, type System, type Urn, urnId } from './records.ts'

const [vat, clip] = [new Interface(makerVat), new Interface(makerClip)]

/** Addresses that ever borrowed against each of these collaterals, by the vat's logs. */
export async function urnsOf(
  view: View,
  system: System,
  ilks: readonly IlkMarket[],
  fromBlock: number,
): Promise<ReadonlyMap<IlkMarket, readonly Address[]>> {
  const found = new Map(ilks.map((market) => [market.data.ilk, new Set<Address>()]))
  if (ilks.length === 0) return new Map()
  const filter = { addresses: [system.vat], topics: [urnTopics, [...found.keys()]] }
  for await (const page of view.logs(filter, fromBlock)) {
    for (const log of page) {
      const of = found.get(log.topic(1))
      of?.add(addressOfWord(log.topic(2)))
      if (log.topic(0) === fork) of?.add(addressOfWord(log.topic(3)))
    }
  }
  return new Map(ilks.map((market) => [market, [...(found.get(market.data.ilk) ?? [])]]))
}

/** Those of them that owe anything, in one round of calls. */
export async function readUrns(
  view: View,
  system: System,
  asked: readonly { readonly market: IlkMarket; readonly urn: Address }[],
): Promise<readonly Position<Urn>[]> {
  const answers = await view.call(
    asked.map(({ market, urn }) => ({
      to: system.vat,
      data: vat.encodeFunctionData('urns', [market.data.ilk, urn]) as Hex,
    })),
  )
  return asked.flatMap(({ market, urn }, at): Position<Urn>[] => {
    const [ink, art] = [word(answers[at], 0), word(answers[at], 1)]
    if (art === 0n) return []
    return [{ id: urnId(market.id, urn), market: market.id, owner: urn, data: { kind: 'urn', ink, art } }]
  })
}

/** The auctions of these numbers that run, in one round of calls. */
export async function readAuctions(
  view: View,
  asked: readonly { readonly market: IlkMarket; readonly number: bigint }[],
): Promise<readonly Position<Auction>[]> {
  const answers = await view.call(
    asked.map(({ market, number }) => ({
      to: market.data.clip,
      data: clip.encodeFunctionData('sales', [number]) as Hex,
    })),
  )
  return asked.flatMap(({ market, number }, at): Position<Auction>[] => {
    const answer = answers[at]
    if (word(answer, 3) === 0n) return []
    const data: Auction = {
      kind: 'auction',
      number,
      tab: word(answer, 1),
      lot: word(answer, 2),
      usr: addressIn(answer, 3),
      tic: Number(word(answer, 4)),
      top: word(answer, 5),
    }
    return [{ id: auctionId(market.data.clip, number), market: market.id, owner: data.usr, data }]
  })
}

/** Every auction that runs, of these collaterals. */
export async function allAuctions(view: View, ilks: readonly IlkMarket[]): Promise<readonly Position<Auction>[]> {
  const lists = await view.call(
    ilks.map(({ data }) => ({ to: data.clip, data: clip.encodeFunctionData('list') as Hex })),
  )
  const asked = ilks.flatMap((market, at) => {
    word(lists[at], 1)
    const [numbers] = AbiCoder.defaultAbiCoder().decode(['uint256[]'], lists[at] ?? '0x')
    return (numbers.toArray() as bigint[]).map((number) => ({ market, number }))
  })
  return readAuctions(view, asked)
}
