import { describe, expect, it } from 'vitest'
import { marketId } from '#core/book.ts'
import { bps, wei } from '#core/numbers.ts'
import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { createGuards } from '../../src/guards/create-guards.ts'
import { aJointPlan, aPlan, aReceipt, aSum } from '../builders/plan.ts'

const ether = 10n ** 18n
const limits = {
  dailyLossWei: wei(ether / 10n),
  dailyGasWei: wei(ether / 5n),
  marketNotionalWei: wei(50n * ether),
  maximumBonusMultiple: 3,
  assumedBonusBps: bps(1_000n),
}

/** A store that outlives the guards, as a file does. */
function memory(): Store {
  const streams = new Map<string, Rec[]>()
  return {
    append: async (stream, record) => void streams.set(stream, [...(streams.get(stream) ?? []), record]),
    read: async function* (stream, from) {
      yield* (streams.get(stream) ?? []).slice(from)
    },
  }
}

async function setUp(store = memory()) {
  const clock = { ms: 1_000_000_000_000, isKilled: false }
  const alerts: string[] = []
  const start = () =>
    createGuards(limits, {
      store,
      now: () => clock.ms,
      isKilled: () => clock.isKilled,
      alerted: (name) => alerts.push(name),
    })
  return { clock, alerts, start, guards: await start() }
}
const reverted = (id: string, gas: bigint) =>
  aReceipt({
    plan: id,
    status: 'reverted',
    outcomes: [],
    actual: aSum({ swapOut: 0n, repay: 0n, gas: -gas }),
  })

describe('guards', () => {
  it('let an ordinary plan through on every path', async () => {
    const { guards } = await setUp()
    for (const via of ['bundle', 'private', 'public'] as const) expect(guards.check(aPlan(), via)).toBeNull()
  })

  it('hold everything back while the kill file is there', async () => {
    const { guards, clock } = await setUp()
    clock.isKilled = true
    expect(guards.check(aPlan(), 'bundle')?.guard).toBe('kill')
    clock.isKilled = false
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
  })

  it('stay tripped over a restart, until an operator closes them', async () => {
    const { guards, start } = await setUp()
    await guards.trip('kill', 'SIGUSR2')
    const restarted = await start()
    expect(restarted.check(aPlan(), 'bundle')).toEqual({ guard: 'kill', detail: 'SIGUSR2' })
    await restarted.close('kill')
    expect((await start()).check(aPlan(), 'bundle')).toBeNull()
    await expect(restarted.close('kill')).rejects.toThrow(/no guard kill is tripped/)
  })

  it('hear what another keeper writes, however often they are asked at once', async () => {
    const store = memory()
    const [{ guards }, { guards: other }] = [await setUp(store), await setUp(store)]
    for (const name of ['a', 'b', 'c']) await other.trip(name, 'odd')
    await Promise.all([guards.refresh(), guards.refresh(), guards.refresh()])
    await other.trip('kill', 'by hand')
    await guards.refresh()
    expect(guards.state().map(({ name }) => name)).toEqual(['a', 'b', 'c', 'kill'])
  })

  it('stop public sending after the day’s loss, alert on bundles, and reopen when the day has rolled on', async () => {
    const { guards, clock, alerts, start } = await setUp()
    await guards.record(reverted('a', ether / 20n), 'public')
    expect(guards.check(aPlan(), 'public')).toBeNull()
    await guards.record(reverted('b', ether / 20n), 'public')
    expect(guards.check(aPlan(), 'public')?.guard).toBe('daily-loss')
    expect(guards.check(aPlan(), 'private')?.guard).toBe('daily-loss')
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
    // Told once, however many plans meet it.
    expect(alerts).toEqual(['daily-loss'])
    expect((await start()).check(aPlan(), 'public')?.guard).toBe('daily-loss')
    clock.ms += 86_400_001
    expect(guards.check(aPlan(), 'public')).toBeNull()
  })

  it('count gas of plans that won as well, and the plan at hand with it', async () => {
    const { guards } = await setUp()
    await guards.record(
      aReceipt({ actual: aSum({ gas: -ether / 5n + ether / 100n, swapOut: 20n * ether + ether / 2n }) }),
      'private',
    )
    expect(guards.check(aPlan({ sum: aSum({ gas: -ether / 100n }) }), 'private')).toBeNull()
    expect(guards.check(aPlan({ sum: aSum({ gas: -ether / 50n }) }), 'private')?.guard).toBe('daily-gas')
  })

  it('limit what is repaid in one market, not in another', async () => {
    const { guards } = await setUp()
    await guards.record(aReceipt({ plan: 'a' }), 'public')
    await guards.record(aReceipt({ plan: 'b' }), 'public')
    expect(guards.check(aPlan(), 'public')?.guard).toBe('notional:aave-v3:main')
    expect(guards.check(aPlan({ market: 'aave-v3:other' }), 'public')).toBeNull()
  })

  it('count in each market its own share of what a plan of several repays, before it is sent and after', async () => {
    const { guards, start } = await setUp()
    const [small, large] = [
      { market: 'small', repaid: ether, got: ether + ether / 20n },
      { market: 'large', repaid: 30n * ether, got: 31n * ether },
    ]
    for (const plan of ['a', 'b'])
      await guards.record(
        aReceipt({
          plan,
          repaid: [
            { market: marketId('small'), amount: wei(ether) },
            { market: marketId('large'), amount: wei(10n * ether) },
          ],
        }),
        'public',
      )
    expect(guards.check(aJointPlan(small, large), 'public')).toBeNull()
    expect(guards.check(aJointPlan(small, { ...large, repaid: 31n * ether }), 'public')?.guard).toBe('notional:large')
    expect((await start()).check(aJointPlan(small, { ...small, repaid: 48n * ether }), 'public')?.guard).toBe(
      'notional:small',
    )
  })

  it('read journals of before shares were kept: all of it in each market', async () => {
    const store = memory()
    const old = { kind: 'spend', id: 'a', atMs: 1_000_000_000_000, lossWei: 0n, gasWei: 0n, repaidWei: 40n * ether }
    await store.append('guard', { ...old, markets: ['aave-v3:main', 'other'] })
    const { guards } = await setUp(store)
    expect(guards.check(aPlan(), 'public')?.guard).toBe('notional:aave-v3:main')
    expect(guards.check(aPlan({ market: 'third' }), 'public')).toBeNull()
  })

  it('count a receipt told twice once', async () => {
    const { guards, start } = await setUp()
    for (let told = 0; told < 5; told++) await guards.record(reverted('a', ether / 20n), 'public')
    expect(guards.check(aPlan(), 'public')).toBeNull()
    expect((await start()).check(aPlan(), 'public')).toBeNull()
  })

  it('count what a bundle lost that was included although it reverts, and still let bundles through', async () => {
    const { guards, alerts } = await setUp()
    await guards.record(reverted('a', ether), 'bundle')
    expect(guards.check(aPlan(), 'public')?.guard).toBe('daily-loss')
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
    expect(alerts).toContain('daily-loss')
  })

  it('do not count what a bundle paid, nor what never landed', async () => {
    const { guards } = await setUp()
    await guards.record({ ...reverted('a', ether), status: 'dropped' }, 'public')
    await guards.record(aReceipt({ actual: aSum({ gas: -ether }) }), 'bundle')
    expect(guards.check(aPlan({ market: 'aave-v3:other' }), 'public')).toBeNull()
  })
})

describe('regression 14: a profit spike above what the bonus allows', () => {
  it('is bad data: the plan is refused on every path and its market is halted', async () => {
    const { guards, start } = await setUp()
    // 20 ether repaid at a bonus of 10 %, three times: 6 ether is plausible, a wei more is not.
    expect(guards.check(aPlan({ sum: aSum({ swapOut: 26n * ether }) }), 'bundle')).toBeNull()
    expect(guards.check(aPlan({ sum: aSum({ swapOut: 26n * ether + 1n }) }), 'bundle')?.guard).toBe(
      'too-good:aave-v3:main',
    )
    expect(guards.check(aPlan(), 'bundle')?.guard).toBe('too-good:aave-v3:main')
    expect((await start()).check(aPlan(), 'bundle')?.guard).toBe('too-good:aave-v3:main')
    await guards.close('too-good:aave-v3:main')
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
  })

  it('is left, and halts nothing, where it stands behind a transaction that is not mined yet', async () => {
    const { guards } = await setUp()
    const ahead = { ...aPlan({ sum: aSum({ swapOut: 26n * ether + 1n }) }), before: ['0x02'] as const }
    expect(guards.check(ahead, 'bundle')?.guard).toBe('too-good:aave-v3:main')
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
  })

  it('is judged by the protocol’s own bonus where it says one', async () => {
    const { guards } = await setUp()
    const sum = aSum({ swapOut: 24n * ether })
    expect(guards.check(aPlan({ sum, bonusBps: 700n }), 'bundle')).toBeNull()
    expect(guards.check(aPlan({ sum, bonusBps: 500n }), 'bundle')?.guard).toBe('too-good:aave-v3:main')
  })

  it('halts its own market alone, whoever made it: the others of its protocol and of its plan go on', async () => {
    const { guards } = await setUp()
    const hostile = { market: 'anybody’s', bonusBps: 500n, repaid: ether, got: 3n * ether }
    const honest = { market: 'aave-v3:main', bonusBps: 500n, repaid: 100n * ether, got: 105n * ether }
    expect(guards.check(aJointPlan(hostile, honest), 'bundle')?.guard).toBe('too-good:anybody’s')
    expect(guards.state().map(({ name }) => name)).toEqual(['too-good:anybody’s'])
    expect([guards.halts('anybody’s')?.name, guards.halts('aave-v3:main')]).toEqual(['too-good:anybody’s', null])
    expect(guards.check(aPlan(), 'bundle')).toBeNull()
    expect(guards.check(aPlan({ market: 'anybody’s' }), 'bundle')?.guard).toBe('too-good:anybody’s')
  })

  it('is not what a batch is paid that repays nothing, beside others or alone', async () => {
    const { guards } = await setUp()
    const batch = { market: 'liquity', repaid: 0n, got: 10n * ether }
    const honest = { market: 'aave-v3:main', bonusBps: 500n, repaid: ether, got: ether + ether / 20n }
    expect(guards.check(aJointPlan(batch, honest), 'bundle')).toBeNull()
    expect(guards.check(aJointPlan(batch), 'bundle')).toBeNull()
    // What it gets explains its own gain, and none of the other's.
    expect(guards.check(aJointPlan(batch, { ...honest, got: 2n * ether }), 'bundle')?.guard).toBe(
      'too-good:aave-v3:main',
    )
    expect(guards.halts('liquity')).toBeNull()
  })
})
