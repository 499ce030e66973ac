import { expect, it } from 'vitest'
import { CoolDown } from '../../src/execution/cool-down.ts'

it('each further revert doubles the silence, and a success ends it', () => {
  const coolDown = new CoolDown()
  const untils = [10, 20, 30].map((block) => {
    coolDown.reverted(['a', 'b'], block)
    return coolDown.until('a')
  })
  expect(untils).toEqual([12, 24, 38])
  for (let times = 0; times < 20; times += 1) coolDown.reverted(['b'], 100)
  expect(coolDown.until('b')).toBe(100 + 256)
  coolDown.forget(['a'])
  expect([coolDown.until('a'), coolDown.until('never')]).toEqual([null, null])
})
