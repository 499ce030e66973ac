import { KeeperError } from '#core/error.ts'
import type { Deployment, Fixture } from '../../sandbox/fixture.ts'
import { outsideGround, readOutsideFile } from '../../sandbox/outside-ground.ts'
import { privateGround } from '../../sandbox/private-ground.ts'
import { randomOf } from '../../sandbox/random.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { openRpc } from '../../src/chain/open-rpc.ts'
import { encoded } from './checks/encoded.ts'
import { healthy } from './checks/healthy.ts'
import { nextChange } from './checks/next-change.ts'
import { recall } from './checks/recall.ts'
import { sides } from './checks/sides.ts'
import { caughtUp, judged, reorganized } from './checks/storm.ts'
import { segments, terms } from './checks/taking.ts'
import { type AnyDefinition, loadStrategy } from './definitions.ts'
import { type Check, type Found, type Play, rewound } from './play.ts'

/** Storms last: what a chain that cannot be rewound is left with. */
const checks: readonly Check[] = [
  healthy,
  segments,
  terms,
  encoded,
  sides,
  nextChange,
  recall,
  judged,
  caughtUp,
  reorganized,
]

/** Cases within which a planted fault must be seen. */
const plantedCases = 60

export type ConformOptions = {
  readonly cases: number
  readonly seed: number
  /** Names of checks; all where there are none. */
  readonly only: readonly string[]
  readonly say: (text: string) => void
}
/** One check of one deployment. `notRun`: why, where it could not be. */
export type ConformRow = {
  readonly strategy: string
  readonly deployment: string
  readonly contracts: Deployment<unknown>['contracts'] | 'outside' | 'none'
  readonly check: string
  readonly cases: number
  readonly mismatches: readonly string[]
  readonly planted: string
  readonly isCaught: boolean
  readonly notRun: string | null
  readonly tags: readonly string[]
}

/** Every deployment that the strategy's fixture brings to the private chain. */
export async function conform(name: string, options: ConformOptions): Promise<readonly ConformRow[]> {
  const { definition, fixture } = await loadStrategy(name)
  if (fixture === null) return [without(name, 'it brings no fixture')]
  if (fixture.deployments.length === 0) return [without(name, 'npm has none of its contracts: use --rpc')]
  const rows: ConformRow[] = []
  for (const deployment of fixture.deployments) {
    if (deployment.absent === undefined) rows.push(...(await conformOn(definition, fixture, deployment, options)))
    else
      rows.push({ ...without(name, deployment.absent), deployment: deployment.name, contracts: deployment.contracts })
  }
  return rows
}

async function conformOn(
  definition: AnyDefinition,
  fixture: Fixture,
  deployment: Deployment<unknown>,
  options: ConformOptions,
): Promise<readonly ConformRow[]> {
  options.say(`${definition.name} on ${deployment.name}: sets up`)
  const sandbox = await startSandbox({ borrowers: 'none', aave: [], protocols: [{ fixture, deployment }] })
  try {
    const ground = await privateGround(sandbox)
    const scenario = await fixture.attach(ground, sandbox.protocols[0]?.addresses)
    const of = { name: definition.name, deployment: deployment.name, contracts: deployment.contracts }
    const config = definition.config.parse(fixture.config(sandbox.protocols[0]?.addresses))
    return await runChecks({ definition, config, ground, scenario }, of, options)
  } finally {
    await sandbox.stop()
  }
}

/** On a chain given from outside. @throws `bad-argument` where the strategy brings no fixture, or the file is wrong. */
export async function conformOutside(
  name: string,
  rpcUrl: string,
  path: string,
  options: ConformOptions,
): Promise<readonly ConformRow[]> {
  const { definition, fixture } = await loadStrategy(name)
  if (fixture === null) throw new KeeperError('bad-argument', `${name} brings no fixture: nothing can play it`)
  const given = readOutsideFile(path)
  const ground = await outsideGround(openRpc(rpcUrl), given)
  const addresses = fixture.addresses.parse(given.deployment)
  const scenario = await fixture.attach(ground, addresses)
  const config = definition.config.parse(fixture.config(addresses))
  const of: Of = { name, deployment: path, contracts: 'outside' }
  return runChecks({ definition, config, ground, scenario }, of, options)
}

type Of = { readonly name: string; readonly deployment: string; readonly contracts: ConformRow['contracts'] }

/** Opens positions, arms the liquidators, and runs every check the ground allows: as it is, then with its fault planted. */
async function runChecks(
  stage: Pick<Play, 'definition' | 'config' | 'ground' | 'scenario'>,
  of: Of,
  options: ConformOptions,
): Promise<readonly ConformRow[]> {
  const { definition, config, ground, scenario } = stage
  const random = randomOf(options.seed)
  for (const who of ground.actors) await scenario.open(who, random)
  for (const who of [ground.liquidator, ground.rival]) await ground.settle(scenario.arm(who))
  const rows: ConformRow[] = []
  for (const check of checks.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
    const row = {
      strategy: of.name,
      deployment: of.deployment,
      contracts: of.contracts,
      check: check.name,
      planted: check.plant.what,
    }
    const missing = check.needs.find((need) => !ground.can(need))
    if (missing !== undefined) {
      rows.push({ ...row, cases: 0, mismatches: [], tags: [], isCaught: false, notRun: `the chain cannot ${missing}` })
      continue
    }
    const strategy = definition.create(config)
    const play = (planted: boolean): Play => ({
      ...stage,
      random: randomOf(options.seed + (planted ? 1 : 0)),
      strategy: planted ? check.plant.fault(strategy) : strategy,
      wanted: planted ? plantedCases : options.cases,
      forgetsUndo: planted && check.plant.forgetsUndo === true,
    })
    const started = Date.now()
    const found = await on(play(false), check)
    const faulty = await on(play(true), check)
    options.say(
      `${of.name} on ${of.deployment}: ${check.name}: ${found.cases} cases, ${found.mismatches.length} mismatches, fault ${faulty.mismatches.length > 0 ? 'caught' : 'NOT CAUGHT'}, ${((Date.now() - started) / 1000).toFixed(1)} s`,
    )
    rows.push({
      ...row,
      cases: found.cases,
      mismatches: found.mismatches,
      tags: found.tags ?? [],
      isCaught: faulty.mismatches.length > 0,
      notRun: null,
    })
  }
  return rows
}

const on = (play: Play, check: Check): Promise<Found> => rewound(play, () => check.run(play))

const without = (strategy: string, notRun: string): ConformRow => ({
  ...{ strategy, notRun, deployment: '', contracts: 'none', check: 'all', cases: 0 },
  ...{ mismatches: [], planted: '', isCaught: false, tags: [] },
})
