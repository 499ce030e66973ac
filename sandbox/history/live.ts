import type { Hex } from '#core/address.ts'
import { symbols, type TokenSymbol, usd } from '../market-data.ts'
import type { Sandbox } from '../sandbox.ts'
import { auctionOf, NEAR, type Win } from './auction.ts'
import type { Crowd } from './crowd.ts'
import { feedsOf, type Update } from './feeds.ts'
import type { Gas } from './gas.ts'
import type { Guardian } from './guardian.ts'
import type { History, HistoryOptions, Lost, Taken } from './history.ts'
import type { Lendings } from './lendings.ts'
import type { Loan } from './loan.ts'
import { UNTRACKED } from './morpho-markets.ts'
import type { Dollars, PricePath } from './price-path.ts'
import type { Rival } from './rivals.ts'
import type { Slot } from './schedule.ts'

export type Life = {
  readonly sandbox: Sandbox
  readonly path: PricePath
  readonly slots: readonly Slot[]
  readonly lendings: Lendings
  readonly crowd: Crowd
  readonly rivals: readonly Rival[]
  readonly gas: Gas
  readonly guardian: Guardian
  /** Mines blocks in which nothing is due, so many together; `null`: every block is looked at. */
  readonly quiet: { readonly mine: (count: number) => Promise<void>; readonly together: number } | null
  readonly onBlock: NonNullable<HistoryOptions['onBlock']>
  readonly onProgress: NonNullable<HistoryOptions['onProgress']>
}
type Lived = Pick<History, 'from' | 'to' | 'head' | 'taken' | 'lost' | 'left' | 'baseFees'>

/** A part of the price by which pools may be off before somebody trades it away. */
const ARBITRAGE = 0.003
/** A fall of ether's feed that catches who draws all he can. */
const CATCH = 0.006

/**
 * Block after block: borrowers act, a guardian if there is one, oracles that are due speak, rivals take what that brings down by the order of their
 * tips, traders bring the pools to where the price was a block ago, and others fill the block.
 */
export async function live(life: Life): Promise<Lived> {
  const { sandbox, path, slots, lendings, crowd, rivals, gas, onProgress } = life
  const [taken, lost]: [Taken[], Lost[]] = [[], []]
  const auction = auctionOf(sandbox, lendings, crowd, rivals, lost)
  const feeds = feedsOf(sandbox, path.at(0))
  const follow = followerOf(sandbox, path.at(0))
  const start = await blockAt(sandbox, 'latest')
  const careless = crowd.loans.filter(({ opens }) => opens === Number.POSITIVE_INFINITY)
  const caught: Loan[] = []
  const fees: bigint[] = []
  let head = start.hash
  let quietly = 0
  const pass = async (last: number): Promise<void> => {
    if (quietly === 0) return
    await life.quiet?.mine(quietly)
    quietly = 0
    await life.onBlock(last, true)
  }
  if (life.quiet !== null) await life.onBlock(start.number, false)
  for (const [at, slot] of slots.entries()) {
    const before = slots[at - 1]?.second ?? 0
    const seen = path.at(before)
    const number = start.number + at + 1
    const isCalm = at > 0 && !slot.leaps && feeds.due(before, seen).length === 0 && !auction.isAwaited(number)
    if (life.quiet !== null && isCalm && at + 1 < slots.length) {
      quietly += 1
      if (quietly === life.quiet.together) await pass(number)
      continue
    }
    await pass(number - 1)
    const next = slots[at + 1]?.second ?? slot.second
    if (slot.leaps || at === 0) await setBaseFee(sandbox, gas.wanted(slot.second))
    const { baseFeePerGas } = await blockAt(sandbox, 'pending')
    fees.push(baseFeePerGas)
    await crowd.act(slot.second, feeds.said, slot.leaps)
    const updates = feeds.due(before, seen)
    const isDue = caught.length * slots.length <= at * careless.length
    const young = isDue ? await catchOne(crowd, careless[caught.length], feeds.said, updates) : null
    if (young !== null) caught.push(young)
    await life.guardian.act(at)
    await feeds.send(updates)
    const market = { prices: feeds.said, baseFee: baseFeePerGas }
    const wins = await send(await auction.hold(number, market), rivals)
    await follow(seen)
    const mined = await sandbox.mine({ timestamp: start.timestamp + slot.second, gas: gas.used(baseFeePerGas, next) })
    head = mined.hash
    await settle(sandbox, mined.number, wins, young, crowd, { taken, lost })
    await life.onBlock(mined.number, false)
    onProgress(`${taken.length} liquidations`, at + 1, slots.length)
  }
  const sorted = fees.toSorted((a, b) => (a < b ? -1 : 1))
  return {
    ...{ from: start.number + 1, to: start.number + slots.length, head, taken, lost },
    left: await leftOver(crowd, lendings, feeds.said),
    baseFees: { least: sorted[0] ?? 0n, most: sorted.at(-1) ?? 0n },
  }
}

const setBaseFee = (sandbox: Sandbox, wei: bigint): Promise<unknown> =>
  sandbox.rpc.request('anvil_setNextBlockBaseFeePerGas', [`0x${wei.toString(16)}`])

async function blockAt(sandbox: Sandbox, which: string) {
  const block = (await sandbox.rpc.request('eth_getBlockByNumber', [which, false])) as Record<string, string>
  return {
    number: Number(block.number),
    timestamp: Number(block.timestamp),
    hash: block.hash as Hex,
    baseFeePerGas: BigInt(block.baseFeePerGas ?? 0),
  }
}

/** One of the careless, where ether's feed is about to fall far enough. */
async function catchOne(
  crowd: Crowd,
  next: Loan | undefined,
  prices: Dollars,
  updates: readonly Update[],
): Promise<Loan | null> {
  const falls = updates.some(({ symbol, from, to }) => symbol === 'WETH' && to / from < 1 - CATCH)
  if (next === undefined || !falls) return null
  await crowd.open(next, prices)
  return next
}

type Sent = Win & { readonly hash: Hex }

async function send(wins: readonly Win[], rivals: readonly Rival[]): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  for (const win of wins) {
    const [hash] = (await rivals.find(({ skill }) => skill.name === win.rival)?.signer.send(win.call)) ?? []
    if (hash !== undefined) sent.push({ ...win, hash })
  }
  return sent
}

/** The traders: every pool whose price is too far from where it was a block ago. */
function followerOf(sandbox: Sandbox, start: Dollars): (seen: Dollars) => Promise<void> {
  const pools = { ...start }
  return async (seen) => {
    const moved = symbols.filter((symbol) => Math.abs(seen[symbol] / pools[symbol] - 1) > ARBITRAGE)
    if (moved.length === 0) return
    for (const symbol of moved) pools[symbol] = seen[symbol]
    const prices = Object.fromEntries(moved.map((symbol) => [symbol, usd(seen[symbol])]))
    await sandbox.movePools(prices as Partial<Record<TokenSymbol, bigint>>)
  }
}

type Receipt = { readonly transactionHash: Hex; readonly status: string; readonly gasUsed: string }

/** What came of the block's winners, by their receipts. */
async function settle(
  sandbox: Sandbox,
  block: number,
  wins: readonly Sent[],
  young: Loan | null,
  crowd: Crowd,
  told: { readonly taken: Taken[]; readonly lost: Lost[] },
): Promise<void> {
  if (wins.length === 0) return
  const receipts = (await sandbox.rpc.request('eth_getBlockReceipts', [`0x${block.toString(16)}`])) as Receipt[]
  for (const { hash, rival, loan, tip, profit, after } of wins) {
    const index = receipts.findIndex(({ transactionHash }) => transactionHash === hash)
    const receipt = receipts[index]
    const borrower = loan.account.address
    await crowd.reread(loan)
    if (receipt?.status !== '0x1') {
      told.lost.push({ block, rival, borrower, tip, to: 'reverted' })
      continue
    }
    const tracked = loan.protocol !== 'morpho' || loan.market !== UNTRACKED
    told.taken.push({
      ...{ block, index, hash, rival, borrower, tracked, after, profit, tip },
      ...{ protocol: loan.protocol, young: loan === young, gasUsed: BigInt(receipt.gasUsed) },
    })
  }
}

async function leftOver(crowd: Crowd, lendings: Lendings, prices: Dollars): Promise<number> {
  let left = 0
  for (const loan of crowd.loans)
    if (crowd.health(loan, prices) < NEAR && (await lendings[loan.protocol].isUnder(loan))) left += 1
  return left
}
