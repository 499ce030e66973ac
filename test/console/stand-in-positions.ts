import type { Address } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import type { Live } from '../keeper/rig.ts'

/**
 * So many positions in a keeper's book, all but the sandbox's own made up: copies of one that holds two assets, with half
 * to all but a hundredth of its debt. They stand in for others: they are in the book and not on the chain.
 */
export function standInPositions({ keeper }: Live, count: number): void {
  const { books, modules } = keeper.mirror()
  const [{ key } = { key: '' }] = modules.strategies
  const model = [...books.shelf(key).positions()].find(({ data }) => (data.balances as readonly unknown[]).length === 2)
  if (model === undefined) throw new Error('the sandbox has no position to copy')
  const balances = model.data.balances as readonly { readonly supply: bigint; readonly debt: bigint }[]
  for (let n = 0; books.size().positions < count; n += 1) {
    const owner = `0x5f${n.toString(16).padStart(38, '0')}` as Address
    const share = 500n + BigInt((n * 7) % 490)
    const data = { ...model.data, balances: balances.map((one) => ({ ...one, debt: (one.debt * share) / 1_000n })) }
    const id = `${model.id.slice(0, 42)}/${owner}` as PositionId
    books.apply(key, [{ op: 'put-position', position: { ...model, id, owner, data } }])
  }
}
