import { Interface } from 'ethers'
import { liquityManager } from '#abis/liquity.ts'
import { type Address, addressOfWord, type Hex } from '#core/address.ts'
import type { View } from '#core/world.ts'
import { systemId, type TrovePosition, troveId } from './records.ts'

const manager = new Interface(liquityManager('LUSD'))
const active = 1n
const word = (answer: Hex, at: number): bigint => BigInt(`0x${answer.slice(2 + at * 64, 66 + at * 64)}`)

/** The owners in the manager's own list, from a place on. */
export async function readOwners(view: View, to: Address, from: number, count: number): Promise<readonly Address[]> {
  const answers = await view.call(
    Array.from({ length: count }, (_, at) => ({
      to,
      data: manager.encodeFunctionData('getTroveFromTroveOwnersArray', [from + at]) as Hex,
    })),
  )
  return answers.flatMap((answer) => (answer === null ? [] : [addressOfWord(answer)]))
}

/** Open troves among these owners. */
export async function readTroves(
  view: View,
  to: Address,
  owners: readonly Address[],
): Promise<readonly TrovePosition[]> {
  const ask = (name: string) => (owner: Address) => ({ to, data: manager.encodeFunctionData(name, [owner]) as Hex })
  const [troves, snapshots] = await Promise.all([
    view.call(owners.map(ask('Troves'))),
    view.call(owners.map(ask('rewardSnapshots'))),
  ])
  return owners.flatMap((owner, at): readonly TrovePosition[] => {
    const [trove, snapshot] = [troves[at] ?? null, snapshots[at] ?? null]
    if (trove === null || snapshot === null || word(trove, 3) !== active) return []
    const data = {
      ...{ debt: word(trove, 0), coll: word(trove, 1), stake: word(trove, 2) },
      ...{ collSnapshot: word(snapshot, 0), debtSnapshot: word(snapshot, 1) },
    }
    return [{ id: troveId(to, owner), market: systemId(to), owner, data }]
  })
}
