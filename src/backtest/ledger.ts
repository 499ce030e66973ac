import type { MissReason } from '#core/miss.ts'
import { type Wei, wei } from '#core/numbers.ts'
import { reasonOfSkip } from '../misses/reason-of-skip.ts'
import type { Act, Below, ChunkOutput, Taken, Tier } from './chunk-output.ts'
import type { Proof } from './proof.ts'

/** As a live keeper's misses, and what only comes of playing against history. */
export type PlayedMiss = MissReason | 'taken-before' | 'liquidity-spent' | 'refuted'

/** How a tier is played. Each act is judged on the chain's own state, without our other acts. */
export type Rules = {
  readonly tier: Tier
  /** One nonce each: so many acts a block at most. */
  readonly lanes: number
  readonly gasLimit: number
  /** For so many blocks after our swap a pool is not as the chain has it: it counts as spent. */
  readonly poolRestBlocks: number
  /** Blocks later than planned that an act lands. */
  readonly latencyBlocks: number
  /** What the chain said to an act; `null` where it was not asked. */
  readonly proof: (act: Act) => Proof | null
}
export type ActFate =
  | 'joined-with-ours'
  | 'too-late'
  | 'won'
  | 'outbid'
  | 'taken-before'
  | 'lane-busy'
  | 'liquidity-spent'
  | 'gas-limit'
  | 'refuted'
export type Played = {
  readonly act: Act
  /** The block it lands in, where it wins. */
  readonly block: number
  readonly fate: ActFate
  /** Whoever took what it was about, in that block or before it landed. */
  readonly rival: Taken | null
  readonly proof: Proof | null
}
export type Settled = {
  readonly taken: Taken
  readonly result: 'captured' | 'after-ours' | 'own' | 'missed'
  readonly why: PlayedMiss | null
  readonly detail: string
  /** Our act: what won, or what lost against it. */
  readonly played: Played | null
  /** The first block for which it was known to be below the line, without a break since. */
  readonly since: number | null
}
export type Ledger = { readonly played: readonly Played[]; readonly settled: readonly Settled[] }

/** After gas and bid: as proven, else as foreseen. */
export const netOf = ({ act, proof }: Played): Wei => (proof?.status === 'included' ? proof.net : act.plan.sum.net)
export const bidOf = ({ act, proof }: Played): Wei => (proof?.status === 'included' ? proof.bid : act.plan.bid)

/** Runs of chunks that follow each other are one. */
export function joinRuns(chunks: readonly ChunkOutput[]): readonly Below[] {
  const joined: Below[] = []
  const open = new Map<string, number>()
  for (const run of chunks.flatMap(({ below }) => below)) {
    const at = open.get(run.position)
    const before = at === undefined ? undefined : joined[at]
    if (at !== undefined && before !== undefined && run.from <= before.to + 1)
      joined[at] = { ...before, to: Math.max(before.to, run.to) }
    else {
      open.set(run.position, joined.length)
      joined.push(run)
    }
  }
  return joined
}

/**
 * Plays a tier's acts against what the chain shows, block by block. One act takes a position once: it is gone until it
 * is above the line again by the chain's own course. An act wins its block where nobody took the position before, and
 * against who took it in that very block only with the higher bid.
 */
export function play(chunks: readonly ChunkOutput[], rules: Rules): Ledger {
  const acts = byBlock(
    chunks
      .flatMap((chunk) => chunk.acts)
      .filter(({ tier }) => tier === 'committed' || rules.tier === 'hinted')
      .map((act) => ({ ...act, lands: act.block + rules.latencyBlocks })),
    ({ lands }) => lands,
  )
  const taken = byBlock(
    chunks.flatMap((chunk) => chunk.taken),
    ({ block }) => block,
  )
  const runs = runsBy(joinRuns(chunks))
  const state = { gone: new Map<string, { until: number; played: Played }>(), spent: new Map<string, number>() }
  const played: Played[] = []
  const settled: Settled[] = []
  for (const block of [...new Set([...acts.keys(), ...taken.keys()])].sort((a, b) => a - b)) {
    const now = playBlock(block, acts.get(block) ?? [], taken, rules, state, runs)
    for (const one of now) if (one.fate === 'won') take(one, state, runs)
    played.push(...now)
    for (const one of taken.get(block) ?? []) settled.push(settle(one, now, rules.tier, state, runs))
  }
  return { played, settled: onceEach(settled) }
}

type Gone = ReadonlyMap<string, { readonly until: number; readonly played: Played }>
type State = { readonly gone: Map<string, { until: number; played: Played }>; readonly spent: Map<string, number> }
type Runs = ReadonlyMap<string, readonly Below[]>

function playBlock(
  block: number,
  acts: readonly Act[],
  taken: ReadonlyMap<number, readonly Taken[]>,
  rules: Rules,
  { gone, spent }: State,
  runs: Runs,
): readonly Played[] {
  const played: Played[] = []
  const doing = new Set<string>()
  const pools = new Set<string>()
  let lanes = rules.lanes
  const order = [...acts].sort((a, b) => compare(b.plan.sum.net, a.plan.sum.net) || (a.plan.id < b.plan.id ? -1 : 1))
  for (const act of order) {
    const isOurs = (position: string): boolean => doing.has(position) || isGone(gone, position, block)
    if (act.plan.positions.every(isOurs)) continue
    if (act.plan.positions.some(isOurs)) {
      played.push({ act, block, fate: 'joined-with-ours', rival: null, proof: null })
      continue
    }
    const fateOf = (): Pick<Played, 'fate' | 'rival'> => {
      const earlier = rivalsOf(act, taken, act.block, block - 1)
      if (earlier !== null) return { fate: 'taken-before', rival: earlier }
      // Late, it may find the position above the line again.
      if (act.block < block && !act.plan.positions.every((one) => isBelow(runs, one, block)))
        return { fate: 'too-late', rival: null }
      if (act.gasLimit > rules.gasLimit) return { fate: 'gas-limit', rival: null }
      if (
        act.plan.legs.some(({ pool }) => pools.has(pool) || block - (spent.get(pool) ?? -1e9) <= rules.poolRestBlocks)
      )
        return { fate: 'liquidity-spent', rival: null }
      if (lanes === 0) return { fate: 'lane-busy', rival: null }
      const rival = rivalsOf(act, taken, block, block)
      if (rival !== null && rival.winner.transactionIndex < act.place) return { fate: 'taken-before', rival }
      const proof = rules.proof(act)
      if (rival !== null && !outbids(act, rival, proof)) return { fate: 'outbid', rival }
      return { fate: proof?.status === 'reverted' ? 'refuted' : 'won', rival }
    }
    const one: Played = { act, block, ...fateOf(), proof: rules.proof(act) }
    played.push(one)
    if (one.fate !== 'won') continue
    lanes -= 1
    for (const position of act.plan.positions) doing.add(position)
    for (const { pool } of act.plan.legs) pools.add(pool)
  }
  return played
}

/** Whoever of others took one of its positions in these blocks: the highest bidder. */
function rivalsOf(act: Act, taken: ReadonlyMap<number, readonly Taken[]>, from: number, to: number): Taken | null {
  let best: Taken | null = null
  for (let block = from; block <= to; block += 1)
    for (const one of taken.get(block) ?? [])
      if (!one.isOwn && act.plan.positions.includes(one.position))
        if (best === null || one.winner.bid > best.winner.bid) best = one
  return best
}

/** More in all, and for each gas where ours was measured: whichever way a builder counts. */
function outbids({ plan }: Act, { winner }: Taken, proof: Proof | null): boolean {
  if (proof === null || proof.status === 'reverted') return plan.bid > winner.bid
  const { bid, gasUsed } = proof
  return bid > winner.bid && bid * BigInt(winner.gasUsed) > winner.bid * BigInt(gasUsed)
}

function take(one: Played, { gone, spent }: State, runs: Runs): void {
  for (const { pool } of one.act.plan.legs) spent.set(pool, one.block)
  for (const position of one.act.plan.positions) {
    const run = runs.get(position)?.find(({ from, to }) => from <= one.block + 1 && one.block <= to)
    gone.set(position, { until: Math.max(one.block, run?.to ?? one.block), played: one })
  }
}

const isBelow = (runs: Runs, position: string, block: number): boolean =>
  runs.get(position)?.some(({ from, to }) => from <= block && block <= to) === true

const isGone = (gone: Gone, position: string, block: number): boolean => (gone.get(position)?.until ?? -1) >= block

function settle(taken: Taken, now: readonly Played[], tier: Tier, { gone }: State, runs: Runs): Settled {
  const { position, block } = taken
  const run = runs.get(position)?.find(({ from, to }) => from <= block && block <= to)
  const about = { taken, since: run?.from ?? null }
  const ours = gone.get(position)
  if (taken.isOwn) return { ...about, result: 'own', why: null, detail: '', played: null }
  if (ours !== undefined && ours.until >= block)
    return { ...about, result: 'captured', why: null, detail: '', played: ours.played }
  const those = now.filter(({ act }) => act.plan.positions.includes(position))
  const played = those.find(({ fate }) => fate !== 'joined-with-ours') ?? those[0] ?? null
  return { ...about, result: 'missed', ...whyMissed(taken, played, tier), played }
}

function whyMissed(taken: Taken, played: Played | null, tier: Tier): { why: PlayedMiss; detail: string } {
  const { isMarketKnown, isPositionKnown, winner } = taken
  if (played !== null) return whyLost(played, winner.bid)
  if (!isMarketKnown) return { why: 'market-untracked', detail: 'no such market is followed' }
  const said = tier === 'hinted' ? (taken.hinted ?? taken.committed) : taken.committed
  if (said?.said === 'act') return { why: 'not-sent', detail: 'said block after block before, and never first' }
  if (said !== null) return { why: reasonOfSkip[said.said], detail: `${said.said}: ${said.detail}` }
  if (!isPositionKnown) return { why: 'position-unknown', detail: 'not in the book before the block' }
  if (taken.wasLiquidatable === true)
    return { why: 'overlooked', detail: 'the protocol called it liquidatable before the block, and we did not' }
  return { why: 'seen-late', detail: 'above the line before the block' }
}

function whyLost({ act, fate }: Played, theirs: Wei): { why: PlayedMiss; detail: string } {
  if (fate === 'outbid')
    return { why: 'outbid', detail: `by ${wei(theirs - act.plan.bid)} wei, of which each gas counts` }
  if (fate === 'too-late') return { why: 'not-sent', detail: 'above the line by the time it would have landed' }
  if (fate === 'joined-with-ours') return { why: 'not-sent', detail: 'planned as one with what was ours already' }
  if (fate === 'taken-before') return { why: 'taken-before', detail: 'before our place in the block' }
  if (fate === 'lane-busy') return { why: 'not-sent', detail: 'every lane had another act in that block' }
  if (fate === 'gas-limit') return { why: 'no-way', detail: 'more gas than a transaction may have' }
  if (fate === 'liquidity-spent')
    return { why: 'liquidity-spent', detail: 'a pool of its exit was ours a moment before' }
  return { why: 'refuted', detail: 'the chain did not bear it out' }
}

/** An act captures as many as it has steps for a position: what the chain shows behind it is of a world without us. */
function onceEach(settled: readonly Settled[]): readonly Settled[] {
  const counts = new Map<string, number>()
  return settled.map((one) => {
    if (one.result !== 'captured' || one.played === null) return one
    const { plan } = one.played.act
    const key = `${plan.id}/${one.taken.position}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const steps = plan.positions.filter((position) => position === one.taken.position).length
    return count > steps ? { ...one, result: 'after-ours' } : one
  })
}

function runsBy(all: readonly Below[]): Runs {
  const found = new Map<string, Below[]>()
  for (const run of all) found.set(run.position, [...(found.get(run.position) ?? []), run])
  return found
}

function byBlock<One>(all: readonly One[], blockOf: (one: One) => number): ReadonlyMap<number, readonly One[]> {
  const found = new Map<number, One[]>()
  for (const one of all) {
    const block = blockOf(one)
    const some = found.get(block) ?? []
    found.set(block, some)
    some.push(one)
  }
  return found
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
