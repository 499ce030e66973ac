import type { Address } from '../address.ts'
import type { Market } from '../book.ts'
import type { Amount } from '../numbers.ts'
import type { Venue } from '../venue.ts'
import { curveOf } from './curve-of.ts'
import type { Ranged } from './ranged.ts'
import { leastToBuy, sellExactly } from './sell.ts'

type Traded = Ranged & { readonly token0: Address; readonly token1: Address }
export type SellOf<P> = (
  pool: P,
  zeroForOne: boolean,
  sold: Amount,
) => { readonly bought: Amount; readonly after: P } | null

/** What venues of such pools answer alike. `marketOf`: a pool as the book has it; `sell`: where a swap has limits of its own. */
export const rangedTrades = <P extends Traded>(
  marketOf: (pool: P) => Market<P>,
  sell: SellOf<P> = sellExactly,
): Pick<Venue<P>, 'tokens' | 'sell' | 'leastToBuy' | 'curve'> => ({
  tokens: ({ data }) => [data.token0, data.token1],
  sell: ({ data }, token, sold) => {
    const done = sell(data, token === data.token0, sold)
    if (done === null) return null
    return {
      bought: done.bought,
      get after() {
        return marketOf(done.after)
      },
    }
  },
  leastToBuy: ({ data }, token, bought) => leastToBuy(data, token === data.token0, bought),
  curve: ({ data }, token) => curveOf(data, token === data.token0),
})
