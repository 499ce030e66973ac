import { KeeperError } from '#core/error.ts'
import type { Rec } from '#core/plain.ts'
import type { Deployment, Fixture, Ground } from '../../../sandbox/fixture.ts'
import { fixtureOf } from '../../../sandbox/fixtures.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

/** Strategies that the demo shows beside Aave's. */
const names = ['morpho-blue', 'liquity'] as const

export type Family = { readonly name: string; readonly fixture: Fixture; readonly deployment: Deployment<unknown> }

export async function families(): Promise<readonly Family[]> {
  return Promise.all(
    names.map(async (name) => {
      const fixture = await fixtureOf(name)
      const deployment = fixture?.deployments[0]
      if (fixture === null || deployment === undefined)
        throw new KeeperError('not-found', `strategies/${name} brings nothing to the private chain`)
      return { name, fixture, deployment }
    }),
  )
}

/** What an operator writes for each on this chain, where they were deployed in this order. */
export async function protocolsOf(
  sandbox: Sandbox,
  shown: readonly Family[],
): Promise<Readonly<Record<string, readonly Rec[]>>> {
  const entries = await Promise.all(
    shown.map(async ({ name, fixture }, at): Promise<[string, readonly Rec[]]> => {
      const { config } = await fixture.attach(onlooking(sandbox), sandbox.protocols[at]?.addresses)
      return [name, [config]]
    }),
  )
  return Object.fromEntries(entries)
}

/** A ground to look at: whoever is attached to it asks, and does nothing. */
function onlooking({ rpc, accounts }: Sandbox): Ground {
  const refused = async (): Promise<never> => {
    throw new KeeperError('unsupported', 'the demo’s chain is only looked at here')
  }
  return {
    ...{ rpc, actors: [], liquidator: accounts.trader.address, rival: accounts.trader.address },
    ...{ can: () => false, speaksFor: () => false, send: refused, mine: refused, settle: refused },
    ...{ gift: () => [], price: refused },
  }
}
