import { describe, expect, it } from 'vitest'
import type { Arm, Bench, Metric } from '../../bench/bench.ts'
import { measure, median } from '../../bench/measure.ts'
import { pageOf } from '../../bench/page.ts'

const arm = (name: string, values: readonly number[], result = 'same'): Arm => {
  let turn = 0
  return { name, run: () => ({ value: values[turn++ % values.length] ?? 0, result }) }
}
const metric = (parts: Partial<Metric> & Pick<Metric, 'ours' | 'references'>): Metric => ({
  name: 'walk',
  what: 'a walk',
  unit: 's',
  repeats: 3,
  warmups: 0,
  ...parts,
})
const opened = (metrics: readonly Metric[], closed: string[] = []): Bench => ({
  name: 'test',
  open: async () => ({ metrics, counts: [], close: async () => void closed.push('closed') }),
})
const against = (reference: Arm, kind: 'at-least' | 'at-most', ratio: number) => [
  { arm: reference, what: 'reference 1.0', target: { kind, ratio } as const },
]
const quiet = (): void => undefined

describe('the benchmark', () => {
  it('takes the median of the repeats’ own ratios', async () => {
    const ours = arm('ours', [1, 2, 4])
    const [row] = await measure(
      opened([metric({ ours, references: against(arm('slow', [10, 10, 80]), 'at-least', 10) })]),
      quiet,
      false,
    )
    expect(row).toMatchObject({ name: 'walk', value: 2, ratio: 10, ratioMin: 5, ratioMax: 20, holds: true, repeats: 3 })
    expect(median([3, 1, 2, 10])).toBe(2.5)
  })

  it('says where a target is missed, either way round', async () => {
    const ours = arm('ours', [3])
    const rows = await measure(
      opened([
        metric({
          ours,
          references: [
            ...against(arm('slow', [10]), 'at-least', 4),
            ...against(arm('floor', [1]), 'at-most', 2),
            ...against(arm('roof', [2]), 'at-most', 2),
          ],
        }),
      ]),
      quiet,
      false,
    )
    expect(rows.map(({ name, holds }) => [name, holds])).toEqual([
      ['walk-vs-slow', false],
      ['walk-vs-floor', false],
      ['walk-vs-roof', true],
    ])
    expect(pageOf(rows, 'a machine')).toContain('`walk-vs-slow`: no reason is known yet')
  })

  it('fails where arms differ, and still closes what it opened', async () => {
    const closed: string[] = []
    const differing = metric({
      ours: arm('ours', [1], 'a'),
      references: against(arm('other', [1], 'b'), 'at-least', 1),
    })
    await expect(measure(opened([differing], closed), quiet, false)).rejects.toThrow(
      'walk: the arms differ: ours found a; other found b',
    )
    expect(closed).toEqual(['closed'])
  })
})
