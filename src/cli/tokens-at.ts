import type { Asset } from '#core/address.ts'
import { isKeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { pinnedRpc } from '../backtest/pinned-rpc.ts'
import type { Rpc } from '../chain/rpc.ts'
import { latestView } from './preflight.ts'
import { readTokens, type TokenText } from './read-tokens.ts'

/** What tokens called themselves at a block; of a recording, those that it was asked about when it was made. */
export async function tokensAt(
  rpc: Rpc,
  block: number,
  of: readonly Asset[],
): Promise<Readonly<Record<string, TokenText>>> {
  const view = await latestView(pinnedRpc(rpc, () => block))
  const found: Record<string, TokenText> = {}
  // Each by itself: another configuration asks about others beside.
  for (const one of of) {
    const text = await textOf(view, one)
    if (text !== undefined) found[one] = text
  }
  return found
}

async function textOf(view: View, of: Asset): Promise<TokenText | undefined> {
  try {
    return (await readTokens(view, [of])).get(of)
  } catch (error) {
    if (isKeeperError(error, 'not-recorded')) return undefined
    throw error
  }
}
