import { Interface, id, keccak256 } from 'ethers'
import { type Address, address, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { artifactNamed } from './compile.ts'
import { compileExecutor, type DataFees, dataFeeContracts } from './compile-executor.ts'
import { type Overrides, operatedBy, slotIn } from './operated-by.ts'
import type { RegistryEntry } from './registry.ts'

export type Placing = {
  readonly rpc: Rpc
  readonly at: Address
  /** The block whose state is looked at, as the node takes it. */
  readonly block: Hex
  readonly operator: Address
  readonly wrappedNative: Address
  readonly registry: readonly RegistryEntry[]
  readonly dataFees: DataFees
}

/** Nobody's: where modules are put that are on no chain. */
const modules = {
  lenders: address('0x00000000000000000000000000506c696d736f01'),
  pools: address('0x00000000000000000000000000506c696d736f02'),
  dataFees: address('0x00000000000000000000000000506c696d736f03'),
}
/** The registry's, as `Registry.sol` spells it out. */
const registrySlot = BigInt(id('plimsoll.executor.registry')) - 1n

/**
 * What must be laid over a block so that the operator can execute at the address. The executor that stands there is
 * left as it is, registry and all; where none does, one with this registry is put there.
 */
export async function placedExecutor(placing: Placing): Promise<Overrides> {
  const { rpc, at, block, operator, registry } = placing
  const operated = operatedBy(operator, at)
  if ((await rpc.request('eth_getCode', [at, block])) !== '0x') return operated
  const { code, beside } = await created(placing)
  const entries = registry.map(({ key, value }) => [slotIn(registrySlot, key), value] as const)
  const stateDiff = { ...operated[at]?.stateDiff, ...Object.fromEntries(entries) }
  return { ...operated, ...beside, [at]: { code, stateDiff } }
}

/** The core's code as its creation leaves it, and its modules. */
async function created({ rpc, block, operator, wrappedNative, dataFees }: Placing) {
  const artifacts = compileExecutor()
  const code = (name: string): Hex => artifactNamed(artifacts, name).deployed
  const fees = dataFees === 'none' ? null : code(dataFeeContracts[dataFees])
  const beside: Overrides = {
    [modules.lenders]: { code: code('Lenders') },
    [modules.pools]: { code: code('Pools') },
    ...(fees === null ? {} : { [modules.dataFees]: { code: fees } }),
  }
  const core = artifactNamed(artifacts, 'Executor')
  const setup = {
    ...{ owner: operator, sink: operator, delay: 86_400, wrappedNative, operators: [], entries: [] },
    ...{ lenders: modules.lenders, lendersCodeHash: keccak256(code('Lenders')) },
    ...{ pools: modules.pools, poolsCodeHash: keccak256(code('Pools')) },
    ...{ dataFees: fees === null ? ZERO_ADDRESS : modules.dataFees, dataFeesCodeHash: keccak256(fees ?? '0x') },
  }
  const args = new Interface(core.abi as string[]).encodeDeploy([setup])
  const data = `${core.bytecode}${args.slice(2)}`
  return { code: (await rpc.request('eth_call', [{ from: operator, data }, block, beside])) as Hex, beside }
}
