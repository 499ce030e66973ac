import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { type Live, type Rig, rig } from './rig.ts'

type Member = 'fold' | 'refresh'

/** Two deployments of one protocol: the second's strategy throws where it is told to. */
describe('a strategy that throws', () => {
  let world: Rig
  let config: Config
  let snapshot: unknown
  let failing: Member | null = null
  let lives = 0
  beforeAll(async () => {
    const plan = (version: '3.6' | '3.0', at: number) => ({
      ...{ label: `${version} ${at}`, version, emode: 0 as const, health: 1.05 + at / 50 },
      ...{ collateral: [['WETH', 9_000 + at] as const], debt: [['USDC', 1] as const] },
    })
    world = await rig({ borrowers: [0, 1, 2].flatMap((at) => [plan('3.6', at), plan('3.0', at)]) })
    const given = (await world.configure()).config
    const breaking = (made: Strategy): Strategy => {
      const unless =
        <Of extends readonly never[], To>(member: Member, does: (...args: Of) => To) =>
        (...args: Of): To => {
          if (failing === member) throw new RangeError(`Division by zero in ${member}`)
          return does(...args)
        }
      return {
        ...made,
        fold: unless('fold', made.fold),
        refresh: unless('refresh', made.refresh),
      }
    }
    const [first, second] = given.protocols
    const definition = { ...second!.definition, create: (own: unknown) => breaking(second!.definition.create(own)) }
    config = {
      ...given,
      drift: { everyBlocks: 2, sample: 32 },
      protocols: [first!, { ...second!, definition }],
    }
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  }, 120_000)
  beforeEach(async () => {
    failing = null
    await world.sandbox.rpc.request('evm_revert', [snapshot])
    snapshot = await world.sandbox.rpc.request('evm_snapshot', [])
  })
  afterAll(() => world?.end())

  const start = (): Promise<Live> =>
    world.live({ ...config, journal: { ...config.journal, path: `${config.journal.path}.${++lives}` } })
  /** How many of each deployment's positions were liquidated. */
  function served(keeper: Live): readonly [number, number] {
    const landed = keeper.attempts().flatMap(({ status, plan }) => (status === 'included' ? [plan] : []))
    const steps = keeper.intents().flatMap(({ plan, steps: all }) => (landed.includes(plan) ? all : []))
    const [first, second] = ['3.0', '3.6'].map((version) => {
      const own = world.sandbox.accounts.borrowers.filter((one) => one.version === version)
      return own.filter(({ address }) => steps.some(({ owner }) => owner?.toLowerCase() === address)).length
    })
    return [first ?? 0, second ?? 0]
  }

  for (const member of ['fold', 'refresh'] as const)
    it(`in ${member} is named, the other goes on, and it is acted on again once it was read anew`, async () => {
      const keeper = await start()
      failing = member
      await world.price('WETH', 2_780)
      for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
      const [honest, before] = served(keeper)
      expect(honest).toBeGreaterThan(0)
      const skips = keeper.journal.select({ streams: ['verdict'] }).flatMap(({ record }) => record.reason ?? [])
      expect(skips).toContain('faulty')
      expect(keeper.faults.map(({ message }) => message).join('\n')).toContain(`Division by zero in ${member}`)
      // The next fall of the price: whoever crosses now is not held back any more.
      failing = null
      await keeper.block()
      await world.price('WETH', 2_500)
      for (let blocks = 0; blocks < 4; blocks += 1) await keeper.block()
      expect(keeper.keeper.mirror().faults.broken()).toEqual([])
      const [all, healed] = served(keeper)
      expect([all, healed]).toEqual([3, 3])
      expect(healed).toBeGreaterThan(before)
      await keeper.stop()
    }, 60_000)
})
