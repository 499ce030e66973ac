import type { Rpc } from '../chain/rpc.ts'
import type { Registry } from '../config/discover.ts'
import type { Draft, Entry } from './draft.ts'

const kinds = { protocols: 'strategies', venues: 'venues', exits: 'exits', flash: 'flash' } as const

/** Every preset whose name says the chain and whose contracts are all there. @throws `rpc-unreachable`. */
export async function presetsOn(rpc: Rpc, registry: Registry, chain: string): Promise<Draft['entries']> {
  const of = async (kind: (typeof kinds)[keyof typeof kinds]): Promise<readonly Entry[]> => {
    const named = [...registry[kind]].flatMap(([name, { presets }]) =>
      Object.entries(presets)
        .filter(([preset]) => preset.split('-').includes(chain))
        .map(([preset, config]) => ({ name, entry: preset, why: '', addresses: addressesIn(config) })),
    )
    const asks = named.flatMap(({ addresses }) =>
      addresses.map((of) => ({ method: 'eth_getCode', params: [of, 'latest'] })),
    )
    const codes = asks.length === 0 ? [] : [...(await rpc.batch(asks))]
    return named.flatMap(({ addresses, ...entry }) => {
      const own = codes.splice(0, addresses.length)
      return own.every((code) => typeof code === 'string' && code.length > 2) ? [entry] : []
    })
  }
  return {
    protocols: await of(kinds.protocols),
    venues: await of(kinds.venues),
    exits: await of(kinds.exits),
    flash: await of(kinds.flash),
  }
}

function addressesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^0x[0-9a-fA-F]{40}$/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addressesIn) : []
}
