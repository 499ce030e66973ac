import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Position, PositionId } from '#core/book.ts'
import { toText } from '#core/plain.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Config } from '../../src/config/config.ts'
import type { Account } from '../../strategies/aave-v3/records.ts'
import { type Live, type Rig, rig } from './rig.ts'

describe('a book that differs from the protocol', () => {
  let world: Rig
  let keeper: Live
  let journalPath: string
  let config: Config | undefined
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
  })
  afterAll(() => world?.end())

  const start = async (path?: string): Promise<Live> => {
    config ??= (await world.configure()).config
    journalPath = path ?? config.journal.path
    // Every position is compared at every block.
    return world.live({
      ...config,
      journal: { ...config.journal, path: journalPath },
      drift: { everyBlocks: 1, sample: 1_000 },
    })
  }
  /** The one with ether against dollars, on the first version. */
  const victim = (of: Live): { readonly key: string; readonly position: Position<Account> } => {
    const [first] = of.keeper.mirror().modules.strategies
    const owner = world.sandbox.accounts.borrowers.find((one) => one.label === 'plain')?.address
    const key = first?.key ?? ''
    const found = [...of.keeper.mirror().books.shelf(key).positions()].find((one) => one.owner === owner)
    if (found === undefined) throw new Error('the borrower is not in the book')
    return { key, position: found as unknown as Position<Account> }
  }
  const said = (of: Live, event: string): number =>
    of.lines.filter((line) => line.includes(`"event":"${event}"`)).length
  const quarantine = (of: Live): readonly unknown[] =>
    of.journal.select({ streams: ['quarantine'] }).map(({ record }) => [record.position, record.isHeld])

  it('a wrong record is found by comparing, and mended by reading it again', async () => {
    keeper = await start()
    const { key, position } = victim(keeper)
    const right = toText(position)
    const balances = position.data.balances.map((balance) => ({ ...balance, debt: balance.debt / 2n }))
    const wrong = { ...position, data: { ...position.data, balances } }
    keeper.keeper.mirror().books.apply(key, [{ op: 'put-position', position: wrong }])
    expect(toText(victim(keeper).position)).not.toBe(right)
    await keeper.block()
    expect(said(keeper, 'drift')).toBe(1)
    expect(toText(victim(keeper).position)).toBe(right)
    await keeper.block()
    expect([said(keeper, 'drift'), said(keeper, 'quarantined')]).toEqual([1, 0])
    expect(quarantine(keeper)).toEqual([])
  })

  it('one that still differs is set aside, said so in the journal, and not acted on, over restarts too', async () => {
    const { key, position } = victim(keeper)
    const strategy = keeper.keeper.mirror().modules.strategies.find((one) => one.key === key)?.module as {
      -readonly [K in keyof Strategy]: Strategy[K]
    }
    const probe = strategy.probe
    strategy.probe = async (view, book, asked) => {
      const figures = await probe(view, book, asked)
      return asked.id === position.id ? { ...figures, debtValue: 1n } : figures
    }
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(said(keeper, 'quarantined')).toBe(1)
    expect(quarantine(keeper)).toEqual([[position.id, true]])
    await world.price('WETH', 2_800)
    for (let blocks = 0; blocks < 3; blocks += 1) await keeper.block()
    expect(actedOn(keeper, position.id)).toBe(false)
    expect(reasons(keeper, position.id)).toContain('quarantined')
    await keeper.stop()
  })

  it('is released when it agrees again, and then liquidated', async () => {
    const again = await start(journalPath)
    const { position } = victim(again)
    expect(reasons(again, position.id).at(-1)).toBe('quarantined')
    expect(actedOn(again, position.id)).toBe(false)
    for (let blocks = 0; blocks < 4; blocks += 1) await again.block()
    expect(quarantine(again)).toEqual([
      [position.id, true],
      [position.id, false],
    ])
    expect(actedOn(again, position.id)).toBe(true)
    expect(again.faults).toEqual([])
  })

  const actedOn = (of: Live, id: PositionId): boolean =>
    of.intents().some(({ steps }) => steps.some(({ position }) => position === id))
  const reasons = (of: Live, id: PositionId): readonly unknown[] =>
    of.journal
      .select({ streams: ['verdict'] })
      .flatMap(({ record }) => ((record.positions as readonly string[]).includes(id) ? [record.reason] : []))
})
