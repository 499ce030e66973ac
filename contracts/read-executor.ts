import { AbiCoder, Interface, keccak256 } from 'ethers'
import { executorAbi } from '#abis/executor.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Artifact, type Artifacts, artifactNamed } from './compile.ts'
import { compileExecutor, type DataFees, dataFeeContracts } from './compile-executor.ts'
import type { RegistryEntry } from './registry.ts'

export type ExecutorState = {
  /** The core's and its modules' code is this build's, whatever values it was created with. */
  readonly codeMatches: boolean
  readonly owner: Address
  readonly pendingOwner: Address | null
  readonly sink: Address
  /** Seconds since 1970. */
  readonly pendingSink: { readonly sink: Address; readonly acceptableAt: number } | null
  readonly delaySeconds: number
  readonly wrappedNative: Address
  readonly lenders: Address
  readonly pools: Address
  /** What it counts beside gas; `null` where that contract is not of this build, and then `codeMatches` is false. */
  readonly dataFees: DataFees | null
  readonly operators: readonly { readonly address: Address; readonly isOperator: boolean }[]
  /** Of the entries asked for, those that are not registered, or with another value. */
  readonly missing: readonly RegistryEntry[]
}

const abi = new Interface(executorAbi)
const reads = ['owner', 'pendingOwner', 'sink', 'pendingSink', 'pendingSinkAt', 'delay', 'wrappedNative'] as const

/**
 * An executor as it stands at the latest block, and whether it is ours.
 * @throws `executor-mismatch` where there is no executor at the address; `rpc-unreachable`, `rpc-refused`.
 */
export async function readExecutor(
  rpc: Rpc,
  at: Address,
  expected: { readonly operators: readonly Address[]; readonly registry: readonly RegistryEntry[] },
): Promise<ExecutorState> {
  const questions = [
    ...[...reads, 'lenders', 'pools', 'dataFees'].map((name) => abi.encodeFunctionData(name)),
    ...expected.operators.map((operator) => abi.encodeFunctionData('isOperator', [operator])),
    ...expected.registry.map(({ key }) => abi.encodeFunctionData('entry', [key])),
  ]
  const answers = await rpc.batch(
    questions.map((data) => ({ method: 'eth_call', params: [{ to: at, data }, 'latest'] })),
  )
  const words = answers.map((answer) => wordOf(answer, at))
  const word = (index: number): Hex => words[index] ?? `0x${'0'.repeat(64)}`
  const [operatorsAt, entriesAt] = [10, 10 + expected.operators.length]
  const [lenders, pools] = [addressOfWord(word(7)), addressOfWord(word(8))]
  const pendingSink = addressOfWord(word(3))
  const artifacts = compileExecutor()
  const dataFees = await dataFeesAt(rpc, artifacts, addressOfWord(word(9)))
  const isOurs = await codeMatches(rpc, artifacts, { Executor: at, Lenders: lenders, Pools: pools })
  return {
    codeMatches: isOurs && dataFees !== null,
    dataFees,
    owner: addressOfWord(word(0)),
    pendingOwner: orNull(addressOfWord(word(1))),
    sink: addressOfWord(word(2)),
    pendingSink: pendingSink === ZERO_ADDRESS ? null : { sink: pendingSink, acceptableAt: Number(word(4)) },
    delaySeconds: Number(word(5)),
    wrappedNative: addressOfWord(word(6)),
    lenders,
    pools,
    operators: expected.operators.map((address, index) => ({
      address,
      isOperator: BigInt(word(operatorsAt + index)) === 1n,
    })),
    missing: expected.registry.filter(({ value }, index) => word(entriesAt + index) !== value),
  }
}

async function dataFeesAt(rpc: Rpc, artifacts: Artifacts, at: Address): Promise<DataFees | null> {
  if (at === ZERO_ADDRESS) return 'none'
  for (const name of Object.keys(dataFeeContracts) as (keyof typeof dataFeeContracts)[])
    if (await codeMatches(rpc, artifacts, { [dataFeeContracts[name]]: at })) return name
  return null
}

/** Deployed code against this build's, with the values set at creation (immutables) blanked in both. */
async function codeMatches(
  rpc: Rpc,
  artifacts: Artifacts,
  contracts: Readonly<Record<string, Address>>,
): Promise<boolean> {
  const names = Object.keys(contracts)
  const codes = await rpc.batch(names.map((name) => ({ method: 'eth_getCode', params: [contracts[name], 'latest'] })))
  return names.every((name, index) => {
    const code = codes[index]
    if (code instanceof KeeperError) throw code
    const artifact = artifactNamed(artifacts, name)
    return blanked(String(code), artifact) === blanked(artifact.deployed, artifact)
  })
}

function blanked(code: string, { immutables }: Artifact): string {
  let text = code.slice(2).toLowerCase()
  for (const { start, length } of Object.values(immutables).flat())
    text = text.slice(0, start * 2) + '0'.repeat(length * 2) + text.slice((start + length) * 2)
  return keccak256(`0x${text}`)
}

function wordOf(answer: unknown, at: Address): Hex {
  if (answer instanceof KeeperError && answer.retryable) throw answer
  if (answer instanceof KeeperError || typeof answer !== 'string' || answer.length !== 66)
    throw new KeeperError('executor-mismatch', `there is no executor at ${at}: check the address and the chain`)
  return AbiCoder.defaultAbiCoder().decode(['bytes32'], answer)[0] as Hex
}

const orNull = (of: Address): Address | null => (of === ZERO_ADDRESS ? null : of)
