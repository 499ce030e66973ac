import type { Address } from '#core/address.ts'
import type { PositionId } from '#core/book.ts'
import type { OpenKeeper } from '../src/cli/open-keeper.ts'

/**
 * Copies of a position far from the line, so many in all: of one that holds two assets, its debt a fifth to four fifths.
 * They are in the keeper's book and not on the chain: it cannot tell until it looks, and drift checks are off.
 */
export function fillBook({ keeper }: OpenKeeper, count: number): void {
  const { books, modules } = keeper.mirror()
  const [{ key } = { key: '' }] = modules.strategies
  const shelf = books.shelf(key)
  const model = [...shelf.positions()].find(({ data }) => (data.balances as readonly unknown[]).length === 2)
  if (model === undefined) throw new Error('the sandbox has no position to copy')
  const pool = model.id.slice(0, 42)
  const balances = model.data.balances as readonly { readonly supply: bigint; readonly debt: bigint }[]
  for (let n = books.size().positions; n < count; n += 1) {
    const owner = `0x${'c'.repeat(8)}${n.toString(16).padStart(32, '0')}` as Address
    const share = 20n + BigInt(n % 60)
    const data = { ...model.data, balances: balances.map((one) => ({ ...one, debt: (one.debt * share) / 100n })) }
    const position = { ...model, id: `${pool}/${owner}` as PositionId, owner, data }
    books.apply(key, [{ op: 'put-position', position }])
  }
}
