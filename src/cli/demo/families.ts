import { KeeperError } from '#core/error.ts'
import type { Played } from '../../../sandbox/fixture.ts'
import { fixtureOf } from '../../../sandbox/fixtures.ts'

/** Strategies that the demo shows beside Aave's. */
const names = ['morpho-blue', 'liquity'] as const

export async function families(): Promise<readonly Played[]> {
  return Promise.all(
    names.map(async (name) => {
      const fixture = await fixtureOf(name)
      if (fixture === null) throw new KeeperError('not-found', `strategies/${name} brings no fixture`)
      return { fixture }
    }),
  )
}
