import type { Address, Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Call } from '#core/program.ts'
import type { Scene } from '#core/scene.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'
import type { Deployment, Ground, Scenario } from '../../../../sandbox/fixture.ts'
import { privateGround } from '../../../../sandbox/private-ground.ts'
import { randomOf } from '../../../../sandbox/random.ts'
import { startSandbox } from '../../../../sandbox/start.ts'
import { overlay } from '../../../../src/book/overlay.ts'
import { createShelf, type Shelf, type ShelfPatch } from '../../../../src/book/shelf.ts'
import { quantity } from '../../../../src/chain/view.ts'
import { plainly, sceneAfter, sceneAt } from '../../../../src/scene/scene.ts'
import fixture from '../../fixture/index.ts'
import definition from '../../index.ts'
import type { Account, Case, CompoundMarket } from '../../records.ts'

export type Found = Opportunity<Case>
export type Sight = Scene<CompoundMarket, Account>
export type Play = {
  readonly strategy: Strategy<CompoundMarket, Account, Case>
  readonly ground: Ground
  readonly scenario: Scenario
  readonly stop: () => Promise<void>
}

/** A deployment with three rounds of positions, and a liquidator who can pay. */
export async function playOn(deployment: Deployment<unknown>, seed: number): Promise<Play> {
  const sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: [{ fixture, deployment }] })
  const ground = await privateGround(sandbox)
  const addresses = fixture.addresses.parse(sandbox.protocols[0]?.addresses)
  const scenario = await fixture.attach(ground, addresses)
  const random = randomOf(seed)
  for (let round = 0; round < 3; round += 1) for (const who of ground.actors) await scenario.open(who, random)
  await ground.settle(scenario.arm(ground.liquidator))
  const strategy = definition.create(definition.config.parse(fixture.config(addresses)))
  return { strategy, ground, scenario, stop: () => sandbox.stop() }
}

/** A book read anew on a new block. */
export async function look({ strategy, ground }: Play): Promise<{ readonly view: View; readonly shelf: Shelf }> {
  const view = await ground.mine()
  const shelf = createShelf()
  for await (const patches of strategy.bootstrap(view)) for (const patch of patches) shelf.apply(patch as ShelfPatch)
  return { view, shelf }
}

export async function sightAt({ strategy }: Play, shelf: Shelf, view: View, block: Block): Promise<Sight> {
  const feeds = strategy.feeds(shelf as never)
  const answers = await view.call(feeds.map(({ read }) => read))
  const readings = new Map(feeds.map(({ id }, at) => [id, { value: BigInt(answers[at] ?? '0x0'), updatedAt: 0 }]))
  return sceneAt(plainly(block, 'head'), 'subject', shelf, (id) => readings.get(id) ?? null, overlay) as never
}

/** What comes after a step in the same block. */
export const after = (scene: Sight, patches: readonly unknown[]): Sight =>
  sceneAfter(scene as never, patches as never, overlay) as never

export function foundIn({ strategy }: Play, scene: Sight, id?: string): readonly Found[] {
  return [...scene.book.positions()].flatMap((position) => {
    const market = scene.book.market(position.market)
    if (market === undefined || (id !== undefined && position.id !== id)) return []
    return strategy.assess(scene, market, [position]).filter((one): one is Found => !isBlocked(one))
  })
}

/** For the most it takes. */
export function callsOf({ strategy, ground }: Play, scene: Sight, opportunity: Found): readonly Call[] {
  const input = opportunity.feasible?.segments[0]?.to ?? null
  const terms = strategy.terms(scene, opportunity, input)
  const { prepare, act } = strategy.encode(scene.book, { opportunity, input, terms }, ground.liquidator)
  return [...prepare, act('0x')]
}

/** Whether the last of the calls goes through in that block, the others before it. */
export async function goes({ ground }: Play, calls: readonly Call[], { number, timestamp }: Block): Promise<boolean> {
  const shaped = calls.map(({ to, data, value }) => ({ from: ground.liquidator, to, data, value: quantity(value) }))
  const blockOverrides = { number: quantity(number), time: quantity(timestamp) }
  const answer = await ground.rpc.request('eth_simulateV1', [
    { blockStateCalls: [{ blockOverrides, calls: shaped }] },
    'latest',
  ])
  const [{ calls: results }] = answer as readonly [{ readonly calls: readonly { readonly status: Hex }[] }]
  return results.at(-1)?.status === '0x1'
}

/** What the liquidator's balance loses by calls in that block, which is then undone. */
export async function paidBy(
  { ground }: Play,
  calls: readonly Call[],
  asset: Address,
  { timestamp }: Block,
): Promise<bigint> {
  const balance = async (): Promise<bigint> => {
    const data = `0x70a08231${ground.liquidator.slice(2).padStart(64, '0')}`
    return BigInt((await ground.rpc.request('eth_call', [{ to: asset, data }, 'latest'])) as string)
  }
  const mark = await ground.rpc.request('evm_snapshot', [])
  const before = await balance()
  for (const { to, data, value } of calls) await ground.send({ from: ground.liquidator, to, data, value })
  await ground.mine(timestamp)
  const paid = before - (await balance())
  await ground.rpc.request('evm_revert', [mark])
  return paid
}
