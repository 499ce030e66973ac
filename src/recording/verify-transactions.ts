import { signedTransaction } from '../chain/raw-transaction.ts'
import type { HeldBlock } from './header-hash.ts'
import { listRoot } from './receipts-root.ts'

type Told = Readonly<Record<string, unknown>>
/** Kinds whose bytes can be written; rollups have others of their own. */
const lastKind = 4

/**
 * What is wrong with a block's transactions, where they are held whole and of known kinds; `null`: nothing that shows.
 * A list of hashes alone is proven by nothing.
 */
export async function wrongTransactions(
  block: HeldBlock,
): Promise<{ readonly field: string; readonly why: string } | null> {
  const told = (block.transactions ?? []) as readonly (string | Told)[]
  const whole = told.filter((one): one is Told => typeof one === 'object')
  if (whole.length === 0 || whole.some(({ type }) => Number(type ?? 0) > lastKind)) return null
  const raws = whole.map((one) => signedTransaction(one)?.serialized ?? null)
  const at = raws.indexOf(null)
  if (at !== -1) return { field: 'transactions', why: `number ${at} is none` }
  const root = await listRoot(raws as readonly string[])
  return root === block.transactionsRoot ? null : { field: 'transactionsRoot', why: `its transactions give ${root}` }
}
