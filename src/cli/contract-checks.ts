import { type Address, checksummed } from '#core/address.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { type Check, failure, ok } from './check.ts'

type Named = { readonly setting: string; readonly what: string; readonly address: Address }

/**
 * Every address the configuration names must be a contract: a mistyped factory has no pools, which looks like a market
 * without any. @throws `rpc-unreachable`, `bad-answer`.
 */
export async function contractChecks(rpc: Rpc, config: Config): Promise<readonly Check[]> {
  const named = namedIn(config)
  const codes = await rpc.batch(named.map(({ address }) => ({ method: 'eth_getCode', params: [address, 'latest'] })))
  const absent = named.filter((_, at) => codes[at] === '0x')
  if (absent.length === 0) return [ok('contracts', `${named.length} addresses named, all have code`)]
  return absent.map(({ setting, what, address }) => {
    const found = `${config.where(setting)}: ${what} is ${checksummed(address)}, where chain ${config.chain.id} has no contract`
    return failure('contracts', found, 'check the address')
  })
}

function namedIn({ chain, hubs, timelocks, protocols, venues, exits, flash }: Config): readonly Named[] {
  const sections = Object.entries({ protocols, venues, exits, flash })
  return [
    { setting: 'chain.wrappedNative', what: 'chain.wrappedNative', address: chain.wrappedNative },
    ...hubs.map((address) => ({ setting: 'hubs', what: 'a hub', address })),
    ...timelocks.map((address) => ({ setting: 'timelocks', what: 'a timelock', address })),
    ...sections.flatMap(([section, chosen]) =>
      chosen.flatMap(({ name, label, config }) =>
        Object.entries(config as Readonly<Record<string, unknown>>)
          .flatMap(([key, value]) => [value].flat().map((one) => [key, one] as const))
          .filter((entry): entry is [string, Address] => isAddress(entry[1]))
          .map(([key, address]) => ({ setting: `${section}.${name}`, what: `${key} of ${label}`, address })),
      ),
    ),
  ]
}

/** As schemas of folders hand them over. */
const isAddress = (value: unknown): boolean => typeof value === 'string' && /^0x[0-9a-f]{40}$/.test(value)
