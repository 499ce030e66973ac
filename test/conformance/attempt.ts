import { Interface } from 'ethers'
import type { Address, Asset, Hex } from '#core/address.ts'
import type { Log } from '#core/block.ts'
import { KeeperError } from '#core/error.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import type { Outcome } from '#core/receipt.ts'
import type { Scene } from '#core/scene.ts'
import type { Deed } from '../../sandbox/fixture.ts'
import { overlay } from '../../src/book/overlay.ts'
import { matches } from '../../src/chain/match.ts'
import { sceneAfter } from '../../src/scene/scene.ts'
import type { Follower } from './follower.ts'
import { type Play, rewound } from './play.ts'
import { differences, materialized } from './records.ts'

export type Attempt = {
  readonly scene: Scene
  readonly opportunity: Opportunity
  readonly input: bigint | null
  readonly who: Address
}
/** What the chain made of it: refused, or taken, with what we said that it was not. */
export type Answer =
  | { readonly taken: false; readonly why: string }
  | { readonly taken: true; readonly paid: bigint; readonly wrong: readonly string[] }

const erc20 = new Interface(['function balanceOf(address) view returns (uint256)'])

/** The calls of a step as somebody alone would make them. @throws `unsupported` where a call has words to be filled in. */
export function deedsOf(
  { strategy, scenario }: Play,
  { scene, opportunity, input, who }: Attempt,
  terms: Terms,
): readonly Deed[] {
  const step = { opportunity, input, terms }
  const encoded = strategy.encode(scene.book, step, who)
  if (scenario.act !== undefined) return scenario.act(scene.book, step, who, encoded)
  const { prepare, act, finish } = encoded
  return [...prepare, act('0x'), ...finish].map(({ to, data, value, fills }) => {
    if (fills.length > 0) throw new KeeperError('unsupported', 'a call has words to be filled in: give Scenario.act')
    return { from: who, to, data, value }
  })
}

/** Does it on the chain, in the scene's own block, compares everything, and undoes it. */
export async function attempt(play: Play, follower: Follower, one: Attempt, terms: Terms): Promise<Answer> {
  const { ground, strategy, scenario } = play
  const { scene, opportunity, who } = one
  const assets = [
    ...new Set([
      ...flowsOf(terms).keys(),
      ...opportunity.gets,
      ...(opportunity.pays === null ? [] : [opportunity.pays.asset]),
    ]),
  ]
  const deeds = deedsOf(play, one, terms)
  return rewound(play, async () => {
    const before = await balancesOf(play, who, assets)
    const hashes: Hex[] = []
    for (const deed of deeds) hashes.push(await ground.send(deed))
    const view = await ground.mine(scene.block.timestamp)
    const receipts = await receiptsOf(play, hashes)
    const failed = receipts.findIndex(({ status }) => status !== '0x1')
    if (failed >= 0) return { taken: false, why: `${deeds[failed]?.data.slice(0, 10)} reverted` }
    const spentGas = receipts.reduce(
      (sum, { gasUsed, effectiveGasPrice }) => sum + BigInt(gasUsed) * BigInt(effectiveGasPrice),
      0n,
    )
    const after = await balancesOf(play, who, assets)
    // Laid down before following: what is beneath moves with it.
    const said = materialized(sceneAfter(scene, terms.after, overlay).book)
    const { logs, undo } = await follower.follow(view)
    const wrong = differences(said, follower.book(), scenario.later).map((text) => `afterwards ${text}`)
    // Outcomes are told by the book before, and the block itself is about to be undone.
    undo()
    const outcomes = strategy
      .outcome(scene.book, logs)
      .filter(({ transactionHash }) => hashes.includes(transactionHash))
    if (outcomes.length === 0) return { taken: false, why: 'no outcome is in the logs' }
    const gained = assets.map(
      (asset, at) => [asset, (after[at] ?? 0n) - (before[at] ?? 0n) + (asset === 'native' ? spentGas : 0n)] as const,
    )
    return {
      taken: true,
      paid: paidOf(opportunity, gained),
      wrong: [
        ...wrong,
        ...amountsWrong(terms, opportunity, gained),
        ...outcomesWrong(terms, one, outcomes),
        ...unfound(play, scene, logs, outcomes),
      ],
    }
  })
}

function flowsOf({ seized, rewards }: Terms): ReadonlyMap<Asset, bigint> {
  const flows = new Map<Asset, bigint>()
  for (const { asset, amount } of [...seized, ...rewards]) flows.set(asset, (flows.get(asset) ?? 0n) + amount)
  return flows
}

type Gained = readonly (readonly [Asset, bigint])[]

const paidOf = ({ pays }: Opportunity, gained: Gained): bigint =>
  -(gained.find(([asset]) => asset === pays?.asset)?.[1] ?? 0n)

function amountsWrong(terms: Terms, { pays }: Opportunity, gained: Gained): readonly string[] {
  const flows = flowsOf(terms)
  return gained.flatMap(([asset, got]) => {
    const said = (flows.get(asset) ?? 0n) - (asset === pays?.asset ? terms.repay : 0n)
    return said === got ? [] : [`of ${asset} said ${said}, moved ${got}`]
  })
}

/** The outcomes together: what was repaid, seized and written off, by whom. */
function outcomesWrong(terms: Terms, { who, opportunity }: Attempt, outcomes: readonly Outcome[]): readonly string[] {
  const wrong: string[] = []
  const repaid = outcomes.reduce((sum, { repaid }) => sum + (repaid?.amount ?? 0n), 0n)
  const badDebt = outcomes.reduce((sum, one) => sum + one.badDebt, 0n)
  if (opportunity.pays !== null && repaid !== terms.repay)
    wrong.push(`the outcome repaid ${repaid}, said ${terms.repay}`)
  if (badDebt !== terms.badDebt) wrong.push(`the outcome wrote off ${badDebt}, said ${terms.badDebt}`)
  for (const { asset, amount } of terms.seized) {
    const seized = outcomes.flatMap((one) => one.seized).filter((flow) => flow.asset === asset)
    const sum = seized.reduce((total, flow) => total + flow.amount, 0n)
    if (sum !== amount) wrong.push(`the outcome seized ${sum} of ${asset}, said ${amount}`)
  }
  for (const { by } of outcomes) if (by !== null && by !== who) wrong.push(`the outcome is by ${by}, was by ${who}`)
  const told = new Set(outcomes.map(({ position }) => position))
  const missing = opportunity.positions.filter((id) => !told.has(id))
  if (opportunity.kind !== 'buy' && missing.length > 0 && outcomes.length < opportunity.positions.length)
    wrong.push(`no outcome of ${missing[0]}`)
  return wrong
}

/** Each transaction with an outcome is found by the logs that are said to tell of liquidations. */
function unfound(
  { strategy }: Play,
  { book }: Scene,
  logs: readonly Log[],
  outcomes: readonly Outcome[],
): readonly string[] {
  const filters = strategy.liquidations?.(book) ?? strategy.watches(book)
  const found = new Set(
    logs.filter((log) => filters.some((filter) => matches(filter, log))).map(({ transactionHash }) => transactionHash),
  )
  return outcomes
    .filter(({ transactionHash }) => !found.has(transactionHash))
    .map(({ kind }) => `no log that liquidations() names tells of a ${kind}`)
}

async function balancesOf(
  { ground: { rpc } }: Play,
  who: Address,
  assets: readonly Asset[],
): Promise<readonly bigint[]> {
  const data = erc20.encodeFunctionData('balanceOf', [who])
  const answers = await rpc.batch(
    assets.map((asset) =>
      asset === 'native'
        ? { method: 'eth_getBalance', params: [who, 'latest'] }
        : { method: 'eth_call', params: [{ to: asset, data }, 'latest'] },
    ),
  )
  return answers.map((answer) => {
    if (typeof answer !== 'string') throw answer
    return BigInt(answer)
  })
}

type RawReceipt = { readonly status: string; readonly gasUsed: string; readonly effectiveGasPrice: string }

async function receiptsOf({ ground: { rpc } }: Play, hashes: readonly Hex[]): Promise<readonly RawReceipt[]> {
  const answers = await rpc.batch(hashes.map((hash) => ({ method: 'eth_getTransactionReceipt', params: [hash] })))
  return answers.map((answer) => {
    if (answer === null || answer instanceof KeeperError)
      throw new KeeperError('bad-answer', 'a transaction is in no block')
    return answer as RawReceipt
  })
}
