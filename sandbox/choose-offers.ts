import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Accounts, accountsOf, admit } from './relay/admissible.ts'
import type { Bundle } from './relay/bundle.ts'
import type { Parsed } from './relay/parsed.ts'
import { type BlockShape, type Result, simulateInOrder } from './relay/simulate.ts'
import type { Offers } from './relay/start-relay.ts'

/** The top of a block. */
export type Chosen = {
  readonly first: readonly Parsed[]
  readonly bundles: readonly Hex[]
  readonly privates: readonly Hex[]
  readonly mustSucceed: ReadonlySet<Hex>
  /** Private transactions that can never be included any more. */
  readonly dead: ReadonlySet<Hex>
  readonly left: readonly { readonly hash: Hex; readonly why: string }[]
}
/** A bundle, or a private transaction as one of its own. */
type Offer = {
  readonly hash: Hex
  readonly kind: 'bundle' | 'private'
  readonly transactions: readonly Parsed[]
  readonly mayRevert: ReadonlySet<string>
}

/** Bundles by value for each gas, then private transactions likewise; each tried behind all that was taken before it. */
export async function chooseOffers(
  rpc: Rpc,
  block: BlockShape,
  gasLimit: bigint,
  before: readonly Parsed[],
  offers: Offers,
): Promise<Chosen> {
  const left: { hash: Hex; why: string }[] = []
  const due = offers.bundles.filter((one) => one.block === block.number)
  const timely = due.filter((one) => one.minTimestamp <= block.timestamp && block.timestamp <= one.maxTimestamp)
  for (const one of due) if (!timely.includes(one)) left.push({ hash: one.hash, why: 'outside its timestamps' })
  const candidates = [...timely.map(asOffer), ...offers.privates.map(({ transaction }) => alone(transaction))]
  const senders = [...before, ...candidates.flatMap((one) => one.transactions)].map((one) => one.from)
  const start = await accountsOf(rpc, senders)
  const opened = admit(start, before, block.baseFee)
  if (typeof opened === 'string') throw new KeeperError('bad-argument', `what was put before the bundles: ${opened}`)
  const first = [...before]
  let accounts: Accounts = opened
  const dead = new Set<Hex>()
  const taken: Offer[] = []
  const mustSucceed = new Set<Hex>()
  let gasUsed = total(await simulateInOrder(rpc, block, first), (one) => one.gasUsed)
  for (const offer of await ranked(rpc, block, first, candidates, accounts)) {
    const next = admit(accounts, offer.transactions, block.baseFee)
    const tried = typeof next === 'string' ? next : await tryBehind(rpc, block, first, offer)
    if (typeof next === 'string' || typeof tried === 'string') {
      left.push({ hash: offer.hash, why: String(tried) })
      if (offer.kind === 'private' && String(tried).startsWith('nonce too low')) dead.add(offer.hash)
      continue
    }
    const room = offer.transactions.reduce((sum, one) => sum + one.gas, 0n)
    if (gasUsed + room > gasLimit) {
      left.push({ hash: offer.hash, why: 'no room in the block' })
      continue
    }
    gasUsed += total(tried, (one) => one.gasUsed)
    accounts = next
    first.push(...offer.transactions)
    taken.push(offer)
    for (const { hash } of offer.transactions) if (!offer.mayRevert.has(hash)) mustSucceed.add(hash)
  }
  const hashes = (kind: Offer['kind']): Hex[] => taken.filter((one) => one.kind === kind).map((one) => one.hash)
  return { first, bundles: hashes('bundle'), privates: hashes('private'), mustSucceed, dead, left }
}

const asOffer = ({ hash, transactions, mayRevert }: Bundle): Offer => ({
  hash,
  kind: 'bundle',
  transactions,
  mayRevert,
})
const alone = (transaction: Parsed): Offer => ({
  hash: transaction.hash,
  kind: 'private',
  transactions: [transaction],
  mayRevert: new Set(),
})
const total = (results: readonly Result[], of: (one: Result) => bigint): bigint =>
  results.reduce((sum, one) => sum + of(one), 0n)

/** Bundles before private transactions; among each the best payer first, those that cannot be tried last. */
async function ranked(
  rpc: Rpc,
  block: BlockShape,
  first: readonly Parsed[],
  offers: readonly Offer[],
  accounts: Accounts,
): Promise<readonly Offer[]> {
  const priced: { readonly offer: Offer; readonly price: bigint }[] = []
  for (const offer of offers) {
    const able = typeof admit(accounts, offer.transactions, block.baseFee) !== 'string'
    const results = able ? await simulateInOrder(rpc, block, [...first, ...offer.transactions]) : []
    const own = results.slice(first.length)
    const gas = total(own, (one) => one.gasUsed)
    priced.push({ offer, price: gas === 0n ? -1n : total(own, (one) => one.sent + one.fees) / gas })
  }
  const rank = (offer: Offer): number => (offer.kind === 'bundle' ? 0 : 1)
  return priced
    .sort((a, b) => rank(a.offer) - rank(b.offer) || (a.price === b.price ? 0 : a.price > b.price ? -1 : 1))
    .map((one) => one.offer)
}

async function tryBehind(
  rpc: Rpc,
  block: BlockShape,
  first: readonly Parsed[],
  offer: Offer,
): Promise<readonly Result[] | string> {
  const results = await simulateInOrder(rpc, block, [...first, ...offer.transactions])
  const own = results.slice(first.length)
  const reverts = own.find((one) => !one.ok && !offer.mayRevert.has(one.hash))
  return reverts === undefined ? own : `would revert: ${reverts.hash} ${reverts.returnData}`
}
