import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Artifacts, artifactNamed, compile, link, projectRoot } from '../contracts/compile.ts'
import type { Code } from './batch.ts'

const modules = join(projectRoot, 'node_modules')
const text = (path: string): string | undefined => {
  const file = join(modules, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
const sources = (paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, text(path) ?? '']))

const ownSources = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [
      `${name}.sol`,
      readFileSync(join(projectRoot, 'sandbox', 'contracts', `${name}.sol`), 'utf8'),
    ]),
  )

/** Our own test contracts. */
export function ownContracts(): Artifacts {
  const names = ['TestToken', 'PoolTrader', 'Borrowers', 'StandInMulticall']
  return compile({
    compiler: 'solc',
    sources: ownSources(names),
    read: () => undefined,
    evmVersion: 'cancun',
    runs: 200,
  })
}

/** A stand-in for Uniswap V4's quoter. */
export function quoterContracts(): Artifacts {
  const sources = ownSources(['StandInV4Quoter'])
  return compile({ compiler: 'solc', sources, read: () => undefined, evmVersion: 'cancun', runs: 200 })
}

/** OCR2 and SVR aggregators on the official OCR2Base, a forwarder, adapters and a vault: the tops are stand-ins. */
export function oracleContracts(): Artifacts {
  const names = ['StandInOcr2Aggregator', 'StandInDualAggregator', 'StandInForwarder', 'StandInPriceAdapters']
  return compile({
    compiler: 'solc',
    sources: ownSources(names),
    read: text,
    evmVersion: 'cancun',
    runs: 200,
    viaIR: true,
  })
}

/** Chainlink's aggregator whose updates are plain transactions, and the proxy that protocols read. */
export function chainlinkContracts(): Artifacts {
  const folder = '@chainlink/contracts/src/v0.6'
  return compile({
    compiler: 'solc-0.6.6',
    sources: sources([`${folder}/FluxAggregator.sol`, `${folder}/EACAggregatorProxy.sol`]),
    read: text,
    evmVersion: 'istanbul',
    runs: 200,
  })
}

/** Aave 3.6: its package ships sources only. About 14 s the first time, then from the cache. */
export function aave36Contracts(): Artifacts {
  const folder = '@aave-dao/aave-v3-origin/src/contracts'
  return compile({
    compiler: 'solc',
    sources: sources([
      `${folder}/instances/PoolInstance.sol`,
      `${folder}/instances/PoolConfiguratorInstance.sol`,
      `${folder}/instances/ATokenInstance.sol`,
      `${folder}/instances/VariableDebtTokenInstance.sol`,
      `${folder}/protocol/configuration/PoolAddressesProvider.sol`,
      `${folder}/protocol/configuration/ACLManager.sol`,
      `${folder}/misc/AaveOracle.sol`,
      `${folder}/misc/DefaultReserveInterestRateStrategyV2.sol`,
      `${folder}/helpers/AaveProtocolDataProvider.sol`,
    ]),
    read: text,
    remappings: [
      'openzeppelin-contracts/contracts/=@openzeppelin/contracts/',
      'openzeppelin-contracts-upgradeable/contracts/=@openzeppelin/contracts-upgradeable/',
      'solidity-utils/=@bgd-labs/solidity-utils/src/',
    ],
    evmVersion: 'shanghai',
    runs: 200,
  })
}

/** OpenZeppelin's timelock, behind which an admin's calls wait. */
export function timelockContracts(): Artifacts {
  return compile({
    compiler: 'solc',
    sources: sources(['@openzeppelin/contracts/governance/TimelockController.sol']),
    read: text,
    evmVersion: 'cancun',
    runs: 200,
  })
}

/** One contract of a compilation, ready to deploy. @throws `not-found`. */
export function compiledCode(
  artifacts: Artifacts,
  name: string,
  libraries: Readonly<Record<string, string>> = {},
): Code {
  const artifact = artifactNamed(artifacts, name)
  return { abi: artifact.abi as Code['abi'], bytecode: link(artifact, libraries) }
}
