import type { Address, Hex } from '#core/address.ts'
import type { Call } from '#core/program.ts'
import type { Trust } from '#core/trust.ts'
import { headView, lookAhead } from '../follower.ts'
import { type Check, type Found, followerOf, movePrices, type Play, rewound } from '../play.ts'
import { opportunitiesIn } from './taking.ts'

/** Every call goes to an address of the deployment, and to a function that `trusts` has the executor's owner register. */
export const encoded: Check = {
  name: 'addresses',
  needs: ['rewind', 'time', 'prices'],
  run,
  plant: {
    what: 'the act sent elsewhere',
    fault: (strategy) => ({
      ...strategy,
      encode: (...args) => {
        const { act, ...rest } = strategy.encode(...args)
        return { ...rest, act: (payload) => ({ ...act(payload), to: elsewhere }) }
      },
    }),
  },
}
const elsewhere = `0x${'ee'.repeat(20)}` as Address

async function run(play: Play): Promise<Found> {
  const { ground, strategy, scenario, random, definition, config } = play
  const trusted = registered((await definition.trusts?.(await headView(ground.rpc), config)) ?? [])
  const known = new Set<string>(scenario.known)
  const follower = await followerOf(play)
  const mismatches: string[] = []
  let cases = 0
  for (let round = 0; cases < play.wanted && round < play.wanted; round += 1) {
    await rewound(play, async () => {
      await movePrices(play, 0.6, 1)
      const { undo } = await follower.follow(await ground.mine())
      const { scene } = await lookAhead(follower, ground.rpc, 12)
      for (const opportunity of random.some(opportunitiesIn(strategy, scene), 20)) {
        const input = opportunity.feasible?.segments[0]?.from ?? null
        const step = { opportunity, input, terms: strategy.terms(scene, opportunity, input) }
        const { prepare, act, finish, callback } = strategy.encode(scene.book, step, ground.liquidator)
        const calls = [...prepare, act('0x'), ...finish, ...(callback?.enter ?? []), ...(callback?.leave ?? [])]
        cases += 1
        for (const one of calls) {
          if (!known.has(one.to)) mismatches.push(`${opportunity.id} calls ${one.to}, which is none of the deployment`)
          if (!trusted.has(keyOf(one)))
            mismatches.push(`${opportunity.id} calls ${keyOf(one)}, which trusts does not name`)
        }
        const spender = opportunity.pays?.spender
        if (spender !== undefined && !known.has(spender)) mismatches.push(`${opportunity.id} approves ${spender}`)
      }
      undo()
    })
  }
  return { cases, mismatches }
}

const keyOf = ({ to, data }: Call): string => `${to} ${data.slice(0, 10)}`
const registered = (trusts: readonly Trust[]): ReadonlySet<string> =>
  new Set(trusts.flatMap((one) => (one.kind === 'target' ? [`${one.to} ${one.selector satisfies Hex}`] : [])))
