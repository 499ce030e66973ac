import { Interface, Wallet, WebSocketProvider } from 'ethers'
import { multicall3 } from '../src/chain/multicall.ts'
import { askKey } from './trigger-node.ts'

/** What the usual keeper asks of Aave for each of its users, every block. */
const pool = new Interface([
  'function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
])
const multicall = new Interface([
  'function aggregate3((address target, bool allowFailure, bytes callData)[] calls) view returns ((bool success, bytes returnData)[] results)',
])
const page = 100
const one = 10n ** 18n

export type Watched = { readonly pool: string; readonly users: readonly string[] }
export type Order = { readonly chainId: number; readonly to: string; readonly data: string; readonly key: string }

/**
 * The reference: a keeper as most are written. At every head all positions are read by Multicall3 through ethers, a
 * hundred a call and all calls at once; the one below the line is liquidated by a transaction that ethers fills in,
 * signs and sends. Its calldata is ready: it pays for no sizing. Over a WebSocket with a static network, as the
 * library's documentation advises. @returns when it listens; `found` is told the user below the line.
 */
export async function multicallKeeper(
  url: string,
  watched: Watched,
  order: Order,
  found: (user: string) => void,
): Promise<{ readonly stop: () => Promise<void> }> {
  const provider = new WebSocketProvider(url, order.chainId, { staticNetwork: true, cacheTimeout: -1 })
  const wallet = new Wallet(order.key, provider)
  let isBusy = false
  const onBlock = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    try {
      const answers = await Promise.all(
        pagesOf(watched).map(async ({ users, data }) => {
          const answer = await provider.call({ to: multicall3, data })
          return { users, results: multicall.decodeFunctionResult('aggregate3', answer)[0] as { returnData: string }[] }
        }),
      )
      for (const { users, results } of answers)
        for (const [at, { returnData }] of results.entries()) {
          const health = pool.decodeFunctionResult('getUserAccountData', returnData).healthFactor as bigint
          if (health >= one) continue
          found(users[at] ?? '')
          await wallet.sendTransaction({ to: order.to, data: order.data })
          return
        }
    } finally {
      isBusy = false
    }
  }
  await provider.on('block', onBlock)
  await provider.getBlockNumber()
  return { stop: () => provider.destroy() }
}

/** Calldata is encoded anew every block, as such keepers do: what they watch changes. */
function pagesOf({
  pool: target,
  users,
}: Watched): readonly { readonly users: readonly string[]; readonly data: string }[] {
  const pages: { users: readonly string[]; data: string }[] = []
  for (let from = 0; from < users.length; from += page) {
    const part = users.slice(from, from + page)
    const calls = part.map((user) => ({
      target,
      allowFailure: true,
      callData: pool.encodeFunctionData('getUserAccountData', [user]),
    }))
    pages.push({ users: part, data: multicall.encodeFunctionData('aggregate3', [calls]) })
  }
  return pages
}

/** What a node without any delay answers it: everybody is well but one. */
export function answersFor(watched: Watched, below: string): Record<string, unknown> {
  const figures = (health: bigint): readonly bigint[] => [10n ** 12n, 6n * 10n ** 11n, 0n, 8_000n, 7_500n, health]
  return Object.fromEntries(
    pagesOf(watched).map(({ users, data }) => {
      const results = users.map((user) => ({
        success: true,
        returnData: pool.encodeFunctionResult('getUserAccountData', figures(user === below ? one - 1n : one * 2n)),
      }))
      return [askKey('eth_call', [{ data }]), { result: multicall.encodeFunctionResult('aggregate3', [results]) }]
    }),
  )
}
