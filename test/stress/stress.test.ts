import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomOf } from '../../sandbox/random.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { decideSettings } from '../../src/cli/decide-settings.ts'
import { families } from '../../src/cli/demo/families.ts'
import { sandboxConfig, sandboxEnv } from '../../src/cli/demo/sandbox-config.ts'
import { loadMirror } from '../../src/cli/load-mirror.ts'
import { readTokens } from '../../src/cli/read-tokens.ts'
import { discover } from '../../src/config/discover.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { tokensIn } from '../../src/engine/tokens-in.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly } from '../../src/scene/scene.ts'
import { settle, startOf } from '../../src/stress/cascade.ts'
import { evaluate } from '../../src/stress/evaluate.ts'
import { createModel, type Ground, type Model } from '../../src/stress/model.ts'
import type { Scenario } from '../../src/stress/shock.ts'
import { stress } from '../../src/stress/stress.ts'
import { command } from '../cli/command.ts'

const seed = Number(process.env.SEED ?? 31)
const random = randomOf(seed)
const folder = mkdtempSync(join(tmpdir(), 'stress-'))
const file = join(folder, 'plimsoll.yaml')
let sandbox: Sandbox
let ground: Ground
let model: Model

const scenario = (rest: Partial<Scenario> = {}): Scenario => ({
  ...{ shocks: [], depegs: [], steps: 1, recovery: 0, deviation: 0 },
  ...rest,
})
const falls = (most: number) => [
  { name: 'ETH', share: -random.whole(3, most) / 100 },
  { name: 'BTC', share: -random.whole(3, most) / 100 },
  { name: 'LINK', share: -random.whole(3, most) / 100 },
]

beforeAll(async () => {
  sandbox = await startSandbox({ borrowers: 'few', protocols: await families(), seed })
  const text = sandboxConfig(sandbox, { executor: null, journalPath: join(folder, 'j.sqlite'), dryRun: true })
  writeFileSync(file, text)
  const env = sandboxEnv(sandbox)
  const config = loadConfig({ file: null, text, env, flags: {}, registry: await discover() })
  const { mirror, head, view } = await loadMirror(openRpc(config.chain.rpc), config, () => undefined)
  const settings = decideSettings(config)
  const tokens = await readTokens(view, tokensIn(mirror, settings.wrapped))
  ground = { mirror, block: nextBlock(head, 12), settings, tokens }
  model = createModel(ground)
})
afterAll(async () => sandbox?.stop())

/** Who is below the line by a look at every position, at prices multiplied here and not by the code under test. */
function byHand(by: Readonly<Record<string, number>>): readonly string[] {
  const { mirror, block } = ground
  const factor = (asset: string): number => by[model.symbolOf(asset as never)] ?? 1
  return mirror.modules.strategies.flatMap(({ key, module }) => {
    const scene = mirror.sceneOf(key, plainly(block, 'shock'))
    const prices = new Map(module.feeds(scene.book).map(({ id, prices: of }) => [id, of]))
    const feed: typeof scene.feed = (id) => {
      const [reading, of] = [scene.feed(id), prices.get(id)]
      if (reading === null || of === undefined) return reading
      const ratio = factor(of.token) / (of.quote === 'usd' ? 1 : factor(of.quote))
      return { ...reading, value: (reading.value * BigInt(Math.round(ratio * 1e12))) / 10n ** 12n }
    }
    return [...scene.book.positions()].flatMap((one) =>
      module.judge({ ...scene, feed }, one).liquidatable ? [one.id as string] : [],
    )
  })
}

/** Smallest units of each asset that everybody together holds as collateral. */
function collateralOf(laid: ReturnType<typeof startOf>['laid']): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>()
  for (const { key, module } of ground.mirror.modules.strategies) {
    const scene = ground.mirror.sceneOf(key, model.spec(laid))
    for (const position of scene.book.positions())
      for (const { asset, units } of model.holdings(module, scene, position).collateral)
        sums.set(`${key} ${asset}`, (sums.get(`${key} ${asset}`) ?? 0n) + units)
  }
  return sums
}

describe(`a stressed book (seed ${seed})`, () => {
  it('finds nobody below the line where nothing falls, and changes no pool', () => {
    const still = scenario({ shocks: [{ name: 'ETH', share: 0 }], recovery: 1, steps: 2 })
    const before = byHand({})
    const report = stress(ground, still)
    expect(before).toEqual([])
    for (const step of report.steps)
      expect(step).toMatchObject({ liquidatable: 0, liquidatedUsd: 0, badDebtUsd: 0, unprofitableUsd: 0, pushed: {} })
    const { laid } = evaluate(model, still, 1)
    expect(laid.patches().filter(({ patch }) => patch.op === 'put-market')).toEqual([])
  })

  it('finds whom a look at every position at these prices finds', () => {
    let found = 0
    for (let fall = 0; fall < 12; fall += 1) {
      const [ether, bitcoin, link] = falls(45)
      // Pairs are priced in it: a loan of it is worth less by as much.
      const dollar = { name: 'USDC', share: -random.whole(0, 20) / 100 }
      const shocks = [ether!, bitcoin!, link!, dollar]
      const by = {
        USDC: 1 + dollar.share,
        WETH: 1 + ether!.share,
        WSTETH: 1 + ether!.share,
        WBTC: 1 + bitcoin!.share,
        LINK: 1 + link!.share,
      }
      const { sunk } = evaluate(model, { shocks, depegs: [] }, 1)
      found += sunk.length
      expect(sunk.map(({ position }) => position.id as string).sort()).toEqual([...byHand(by)].sort())
    }
    expect(found).toBeGreaterThan(12)
  })

  it('where others buy everything back, touches those alone who are below the line at these prices', () => {
    for (let fall = 0; fall < 4; fall += 1) {
      const one = scenario({ shocks: falls(40) })
      const sunk = new Set(evaluate(model, one, 1).sunk.map(({ position }) => position.id as string))
      const state = startOf()
      const { plans, isSettled } = settle(model, one, 1, state)
      const acted = plans.flatMap(({ plan }) => plan.steps.flatMap(({ opportunity }) => opportunity.positions))
      const left = model.sunk(model.spec(state.laid)).map(({ position }) => position.id as string)
      expect(isSettled).toBe(true)
      expect(new Set([...acted, ...left])).toEqual(sunk)
      expect(state.pushed.size).toBe(0)
    }
  })

  it('takes collateral and never gives any, whatever falls and whoever buys back', () => {
    let taken = 0
    for (let fall = 0; fall < 4; fall += 1) {
      const one = scenario({
        shocks: falls(40),
        recovery: random.whole(0, 10) / 10,
        deviation: random.whole(0, 20) / 1000,
      })
      const state = startOf()
      let before = collateralOf(state.laid)
      for (const part of [0.5, 1]) {
        settle(model, one, part, state)
        const after = collateralOf(state.laid)
        for (const [asset, units] of after) expect(units, asset).toBeLessThanOrEqual(before.get(asset) ?? 0n)
        if ([...before].some(([asset, units]) => (after.get(asset) ?? 0n) < units)) taken += 1
        before = after
      }
    }
    expect(taken).toBeGreaterThan(4)
  })

  it('pushes prices down by what is sold, and further the less of it is bought back', () => {
    const shocks = [{ name: 'ETH', share: -0.2 }]
    const [none, half, all] = [0, 0.5, 1].map((recovery) => {
      const state = startOf()
      settle(model, scenario({ shocks, recovery }), 1, state)
      return state.pushed.get('ETH') ?? 1
    })
    expect(none).toBe(1)
    expect(half).toBeLessThan(1)
    expect(all).toBeLessThan(half!)
  })

  it('says who could not be liquidated in a fall at once, and why', () => {
    const { rehearsals } = stress(ground, scenario({ shocks: [{ name: 'ETH', share: -0.2 }] }))
    expect(rehearsals.map(({ drop }) => drop)).toEqual([0.1, 0.2, 0.4])
    const dear = { ...ground, block: { ...ground.block, baseFee: (10_000n * 10n ** 9n) as never } }
    const [, , deep] = stress(dear, scenario({ shocks: [{ name: 'ETH', share: -0.2 }] })).rehearsals
    expect(deep!.stranded.length).toBeGreaterThan(rehearsals[2]!.stranded.length)
    expect(deep!.stranded.map(({ reason }) => reason)).toContain('unprofitable')
  })
})

describe('plimsoll stress', () => {
  const run = (...args: string[]) => command(['stress', ...args, '--config', file], sandboxEnv(sandbox))

  it('prints the fall of the demo’s book and draws it', async () => {
    const svg = join(folder, 'cascade.svg')
    const { code, out } = await command([
      ...['stress', '--sandbox', '--shock', 'ETH=-25%', '--steps', '1'],
      ...['--gas', '20', '--liquidity', '-50%', '--svg', svg],
    ])
    expect(code).toBe(0)
    expect(out).toMatch(/ETH -25\.0 %, over \d+ positions at block \d+, base fee 20 gwei/)
    expect(out).toMatch(/of the fall.*below the line.*liquidated.*does not pay.*bad debt.*toxic/)
    expect(out).toContain('Borrowers that matter most:')
    expect(out).toMatch(/Were the fall -40\.0 % at once: \d+ below the line/)
    expect(existsSync(svg) && readFileSync(svg, 'utf8')).toMatch(/^<svg [\s\S]*liquidated so far[\s\S]*<\/svg>$/)
  }, 240_000)

  it('leaves with a code of its own where a condition holds, and names it', async () => {
    const failing = ['--shock', 'ETH=-25%', '--steps', '1', '--json', '--fail-if', 'liquidated_usd > 1000']
    const held = await run(...failing, '--fail-if', 'bad_debt_usd > 1e12')
    expect(held.code).toBe(5)
    const { failed, steps } = JSON.parse(held.out)
    expect(failed).toEqual([{ condition: 'liquidated_usd > 1000', value: steps[0].liquidatedUsd }])
    expect(held.said).toContain('liquidated_usd > 1000: it is ')
  })

  it('refuses what it cannot read, and says what to write', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['--shock', 'ETH=30'], 'ETH=30 is no shock: write a symbol and a percentage above -100, as ETH=-30%'],
      [['--shock', 'ETH=-100%'], 'a percentage above -100'],
      [['--shock', 'GOLD=-10%'], 'no protocol here prices GOLD; priced are'],
      [['--steps', '0'], '--steps 0: give a whole number from 1 to 100'],
      [['--recovery', '2'], '--recovery 2: give a number from 0 to 1'],
      [['--fail-if', 'bad_debt > 1'], 'figures are bad_debt_usd, '],
      [['--svg', join(folder, 'nowhere', 'x.svg'), '--steps', '1'], 'name a file in a folder that is there'],
    ]
    for (const [args, say] of wrong) {
      const { code, said } = await run(...args)
      expect([code, said]).toEqual([2, expect.stringContaining(say)])
    }
  })
})
