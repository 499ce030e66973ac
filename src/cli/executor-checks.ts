import { type Address, checksummed } from '#core/address.ts'
import type { ExecutorState } from '../../contracts/read-executor.ts'
import type { Config } from '../config/config.ts'
import { kindOfKey } from '../execution/registry-keys.ts'
import { type Check, failure, ok, warning } from './check.ts'

/** Whether the executor named in the configuration is ours, serves us, and pays whom we think. */
export function executorChecks(state: ExecutorState, config: Config, operators: readonly Address[]): readonly Check[] {
  const { executor, chain, where } = config
  if (executor === null) return [warning('executor', 'none is named', 'run `plimsoll deploy` before a live run')]
  const checks: Check[] = [
    state.codeMatches
      ? ok('executor code', `${checksummed(executor.address)} is this build's, and so are its modules`)
      : failure(
          'executor code',
          `${where('executor.address')}: the code at ${checksummed(executor.address)} is not this build's`,
          'run `plimsoll deploy` with this version, or the version that deployed it',
        ),
    state.sink === executor.sink
      ? ok('executor sink', checksummed(state.sink))
      : failure(
          'executor sink',
          `${where('executor.sink')}: executor.sink is ${checksummed(executor.sink)}, the executor pays ${checksummed(state.sink)}`,
          `write ${checksummed(state.sink)} if you know it, or else stop using this executor`,
        ),
    state.wrappedNative === chain.wrappedNative
      ? ok('executor token', 'counts profit in the configured wrapped native token')
      : failure(
          'executor token',
          `${where('chain.wrappedNative')}: the executor counts in ${checksummed(state.wrappedNative)}`,
          'write that token, or deploy an executor for yours',
        ),
    ownerCheck(state, operators),
    ...state.operators.map(({ address, isOperator }) =>
      isOperator
        ? ok('operator', `${checksummed(address)} may execute`)
        : failure(
            'operator',
            `${where('keys.operators')}: ${checksummed(address)} is no operator of the executor`,
            'its owner must call setOperator for it, or another key must be configured',
          ),
    ),
  ]
  checks.push(...registryChecks(state.missing))
  if (state.pendingSink !== null) checks.push(pendingSink(state.pendingSink))
  return checks
}

/** Nobody but the configuration names these; anything else a stranger may have put on the chain since. */
const needed: readonly string[] = ['lender', 'factory', 'peer']
/** Said one by one; the others are counted. */
const saidMost = 20

/** What the configuration itself names must be there; what only some positions need is left alone until it is. */
function registryChecks(missing: ExecutorState['missing']): readonly Check[] {
  if (missing.length === 0) return [ok('registry', 'everything configured is registered')]
  const [must, may] = [true, false].map((is) => missing.filter(({ key }) => needed.includes(kindOfKey(key)) === is))
  const owner = 'its owner must propose the entry and accept it later'
  const rest = (may?.length ?? 0) - saidMost
  return [
    ...(must ?? []).map(({ words }) => failure('registry', `may not yet: ${words}`, owner)),
    ...(may ?? [])
      .slice(0, saidMost)
      .map(({ key, value, words }) =>
        warning(
          'registry',
          `may not yet: ${words}; what needs it is left alone (not-registered)`,
          `if you want it, its owner calls proposeEntry(${key}, ${value}) and acceptEntry after the delay; or run \`plimsoll deploy\``,
        ),
      ),
    ...(rest > 0 ? [warning('registry', `may not yet do ${rest} more`, 'run `plimsoll deploy` to have them all')] : []),
  ]
}

const ownerCheck = ({ owner }: ExecutorState, operators: readonly Address[]): Check =>
  operators.includes(owner)
    ? warning('executor owner', `${checksummed(owner)} also sends`, 'hand ownership to a key that is kept cold')
    : ok('executor owner', checksummed(owner))

const pendingSink = ({ sink, acceptableAt }: NonNullable<ExecutorState['pendingSink']>): Check =>
  warning(
    'executor sink',
    `from ${new Date(acceptableAt * 1_000).toISOString()} on it may become ${checksummed(sink)}`,
    'make sure that the owner proposed this; then write the new sink once it is accepted',
  )
