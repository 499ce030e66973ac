import { type Address, checksummed, ZERO_ADDRESS } from '#core/address.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

export type SandboxConfigOptions = {
  readonly executor: Address | null
  readonly journalPath: string
  /** Where the book is kept; left out, it is not. */
  readonly snapshotPath?: string
  readonly dryRun?: boolean
  readonly via?: 'bundle' | 'private' | 'public'
  readonly pollMs?: number
  /** Heads, logs and what is pending come over a WebSocket. */
  readonly isSocket?: boolean
  readonly finalityBlocks?: number
  /** What is written of a protocol beside Aave, instead of what its fixture says. */
  readonly protocols?: Written
  /** Where it sells, and who lends, instead of all that the sandbox has by itself. */
  readonly venues?: Written
  readonly flash?: Written
}
/** What is written of each module, by its name. */
type Written = Readonly<Record<string, readonly object[]>>

/** A configuration file as an operator would write it for this chain: a keeper knows the sandbox by it alone. */
export function sandboxConfig(sandbox: Sandbox, options: SandboxConfigOptions): string {
  const { addresses } = sandbox
  const shown = (of: Address): string => `"${checksummed(of)}"`
  // A version that was left out has no addresses.
  const aaves = Object.values(addresses.aave).filter(({ provider }) => provider !== ZERO_ADDRESS)
  const executor =
    options.executor === null
      ? []
      : ['executor:', `  address: ${shown(options.executor)}`, `  sink: ${shown(sandbox.accounts.sink.address)}`]
  return [
    'chain:',
    `  id: ${sandbox.chainId}`,
    `  rpc: ${options.isSocket === true ? sandbox.proxy.wsUrl : sandbox.rpcUrl}`,
    '  blockSeconds: 12',
    `  pollMs: ${options.pollMs ?? 20}`,
    `  finalityBlocks: ${options.finalityBlocks ?? 64}`,
    `  wrappedNative: ${shown(addresses.weth)}`,
    ...executor,
    'keys:',
    '  operators:',
    ...sandbox.accounts.operators.map((_, at) => `    - env: ${operatorVariable(at)}`),
    '  relay:',
    '    env: DEMO_RELAY_KEY',
    'protocols:',
    ...entries(
      'aave-v3',
      aaves.map(({ provider }) => ({ addressesProvider: provider })),
    ),
    ...sandbox.protocols.flatMap(({ strategy, config }) =>
      entries(strategy, options.protocols?.[strategy] ?? [config]),
    ),
    'venues:',
    ...(written(options.venues) ?? [
      '  uniswap-v3:',
      `    - factory: ${shown(addresses.uniswapV3.factory)}`,
      `      quoter: ${shown(addresses.uniswapV3.quoterV2)}`,
      '      fromBlock: 0',
      '  uniswap-v2:',
      `    - factory: ${shown(addresses.uniswapV2.factory)}`,
      `      router: ${shown(addresses.uniswapV2.router)}`,
    ]),
    'flash:',
    ...(written(options.flash) ?? [
      '  morpho:',
      `    - morpho: ${shown(addresses.morpho)}`,
      ...entries(
        'aave-v3',
        aaves.map(({ pool }) => ({ pool })),
      ),
    ]),
    'submission:',
    `  dryRun: ${options.dryRun ?? false}`,
    `  via: ${options.via ?? 'bundle'}`,
    '  relays:',
    `    - url: ${sandbox.relayUrl}`,
    '      name: flashbots-sandbox',
    '  minimumNetWei: 0.0001 ether',
    'drift:',
    '  everyBlocks: 5',
    '  sample: 8',
    'journal:',
    `  path: ${options.journalPath}`,
    'snapshot:',
    `  path: ${options.snapshotPath ?? 'none'}`,
    '',
  ].join('\n')
}

/** JSON is YAML; no section where there is nothing to name in it. */
const entries = (name: string, all: readonly object[]): readonly string[] =>
  all.length === 0 ? [] : [`  ${name}:`, ...all.map((entry) => `    - ${JSON.stringify(entry)}`)]

const written = (of: Written | undefined): readonly string[] | null =>
  of === undefined ? null : Object.entries(of).flatMap(([name, all]) => entries(name, all))

export const operatorVariable = (at: number): string => `DEMO_OPERATOR_${at}_KEY`

/** The keys the configuration names: well-known test keys, worth nothing. */
export const sandboxEnv = (sandbox: Sandbox): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(sandbox.accounts.operators.map(({ privateKey }, at) => [operatorVariable(at), privateKey])),
  DEMO_RELAY_KEY: sandbox.accounts.relaySigner.privateKey,
})
