import type { Address, Hex } from '#core/address.ts'
import type { Rec } from '#core/plain.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import type { Mined, MineOptions } from './block-builder.ts'
import type { PositionPlan } from './borrowers/position.ts'
import type { AaveAddresses, AaveVersion } from './deploy/aave.ts'
import type { OracleKinds } from './deploy/tokens.ts'
import type { Pool } from './deploy/uniswap.ts'
import type { Played } from './fixture.ts'
import type { TokenSymbol } from './market-data.ts'
import type { Oracles } from './oracle.ts'
import type { Prices } from './pool-mover.ts'
import type { CountingProxy } from './proxy.ts'
import type { RelayFaults } from './relay/faults.ts'
import type { TestAccount } from './test-account.ts'

export type SandboxOptions = {
  readonly seed?: number
  /** A number opens so many simple ones; a list, those. */
  readonly borrowers?: 'none' | 'few' | 'full' | number | readonly PositionPlan[]
  readonly onProgress?: (message: string, done: number, total: number) => void
  readonly blockSeconds?: number
  readonly aave?: readonly AaveVersion[]
  /** How tokens are priced, where not by Chainlink's FluxAggregator. */
  readonly oracle?: OracleKinds
  /** Protocols beside Aave, with their borrowers where `borrowers` is not `none`. */
  readonly protocols?: readonly Played[]
  /** Others fill every block to its gas target, so that the base fee stays near 1 gwei; else it falls by an eighth a block. */
  readonly traffic?: boolean
  /** Blocks whose states are kept in memory, for reads of the past; left out, anvil keeps 500 there and 3,600 on disk. */
  readonly states?: number
  /** Stands on another, empty anvil: headers then have no state roots, which cost tens of milliseconds a block where state is large. */
  readonly isRootless?: boolean
}
export type Borrower = TestAccount & { readonly label: string; readonly version: AaveVersion }
/** What came of one of `protocols`, in their order. */
export type Deployed = {
  readonly strategy: string
  /** What an operator writes under the strategy. */
  readonly config: Rec
  readonly addresses: unknown
  readonly borrowers: readonly { readonly label: string; readonly address: Address }[]
}
export type TokenAddresses = {
  readonly address: Address
  readonly decimals: number
  /** What protocols read: EACAggregatorProxy, or an adapter. */
  readonly feed: Address
  /** The aggregator behind it, where an oracle's transaction goes; the adapter itself, where it is one. */
  readonly aggregator: Address
}

/** A private chain with the real protocols, and all that a keeper or a test needs to know of it. */
export type Sandbox = {
  readonly chainId: number
  /** anvil itself: nothing done there is counted. */
  readonly nodeUrl: string
  /** The counting proxy before it: what a keeper is given. */
  readonly rpcUrl: string
  readonly relayUrl: string
  readonly counts: () => Readonly<Record<string, number>>
  /** Transactions and bundles that anybody tried to send through the proxy or the relay. */
  readonly sends: () => number
  readonly accounts: {
    readonly deployer: TestAccount
    readonly operators: readonly TestAccount[]
    readonly owner: TestAccount
    readonly sink: TestAccount
    readonly oracle: TestAccount
    readonly trader: TestAccount
    readonly relaySigner: TestAccount
    readonly borrowers: readonly Borrower[]
  }
  readonly addresses: {
    readonly tokens: Readonly<Record<TokenSymbol, TokenAddresses>>
    /** Through which an OCR2 feed's oracles send. */
    readonly forwarders: Readonly<Partial<Record<TokenSymbol, Address>>>
    readonly aave: Readonly<Record<AaveVersion, AaveAddresses>>
    readonly uniswapV3: {
      readonly factory: Address
      readonly quoterV2: Address
      readonly positionManager: Address
      readonly pools: readonly Pool[]
    }
    readonly uniswapV2: { readonly factory: Address; readonly router: Address; readonly pairs: readonly Pool[] }
    readonly morpho: Address
    readonly weth: Address
    /** Moves pools: see `contracts/PoolTrader.sol`. */
    readonly poolTrader: Address
  }
  readonly protocols: readonly Deployed[]
  /** An oracle's transaction put into the mempool; it lands when the next block is mined. Dollars with 8 decimals. */
  readonly setPrice: Oracles['setPrice']
  readonly transmit: Oracles['transmit']
  /** The trader's transactions that bring every pool with one of these tokens to the prices; they land as `setPrice`'s do. */
  readonly movePools: (prices: Prices) => Promise<readonly Hex[]>
  /** The same ahead of every bundle of the next block, unseen in the mempool: a pool moved between signing and inclusion. */
  readonly movePoolsFirst: (prices: Prices) => Promise<void>
  /** Builds one block. */
  readonly mine: (options?: MineOptions) => Promise<Mined>
  /** What goes wrong: tests write it. */
  readonly relayFaults: RelayFaults
  readonly proxy: CountingProxy
  /** Straight to the node: for tests. */
  readonly rpc: Rpc
  readonly stop: () => Promise<void>
}
