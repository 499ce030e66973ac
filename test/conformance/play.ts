import type { Address } from '#core/address.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Capability, Ground, Scenario } from '../../sandbox/fixture.ts'
import type { Random } from '../../sandbox/random.ts'
import type { AnyDefinition } from './definitions.ts'
import { bootstrapped, type Follower } from './follower.ts'

/** A deployment with positions open, two armed liquidators, and what is drawn at random. */
export type Play = {
  readonly definition: AnyDefinition
  /** As the definition's own schema reads it. */
  readonly config: unknown
  readonly ground: Ground
  readonly scenario: Scenario
  readonly random: Random
  /** The strategy as it is, or with a fault planted. */
  readonly strategy: Strategy
  /** Cases a check is to make. */
  readonly wanted: number
  /** A fault planted in the suite's own keeping of the book: every third block's undoing is forgotten. */
  readonly forgetsUndo: boolean
}

export type Found = {
  readonly cases: number
  /** In words. */
  readonly mismatches: readonly string[]
  /** Branches met, by their tags; for the table's small print. */
  readonly tags?: readonly string[]
}

/** Stops early where a planted fault was seen. */
export type Check = {
  readonly name: string
  readonly needs: readonly Capability[]
  readonly run: (play: Play) => Promise<Found>
  /** The fault planted, in words, and the strategy with it. */
  readonly plant: {
    readonly what: string
    readonly fault: (strategy: Strategy) => Strategy
    readonly forgetsUndo?: true
  }
}

export const followerOf = (play: Play): Promise<Follower> => bootstrapped(play.strategy, play.ground.rpc)

/** Moves some feeds by factors between `low` and `high`; one block. */
export async function movePrices(play: Play, low: number, high: number): Promise<void> {
  const { ground, scenario, random } = play
  if (!ground.can('prices')) return
  for (const { feed, answer } of scenario.prices) {
    if (random.chance(0.25)) continue
    const factor = low + (high - low) * random.fraction()
    await ground.send(await ground.price(feed, scaled(answer, factor)))
  }
  for (const deed of scenario.carry?.() ?? []) await ground.send(deed)
}

const scaled = (answer: bigint, factor: number): bigint => (answer * BigInt(Math.round(factor * 1e6))) / 1_000_000n

/** Undoes whatever `what` does to the chain, where a chain can be undone. */
export async function rewound<T>({ ground }: Play, what: () => Promise<T>): Promise<T> {
  if (!ground.can('rewind')) return what()
  const mark = await ground.rpc.request('evm_snapshot', [])
  try {
    return await what()
  } finally {
    await ground.rpc.request('evm_revert', [mark])
  }
}

export const whoOf = ({ ground, random }: Play): Address => (random.chance(0.3) ? ground.rival : ground.liquidator)
