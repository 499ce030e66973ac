import type { Address } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { chainlinkContracts, compiledCode, oracleContracts } from '../compiled.ts'
import type { TokenSymbol } from '../market-data.ts'
import { testAccount } from '../test-account.ts'

/**
 * `flux`: one oracle's submissions move the price. `ocr2`: signed reports. `dual`: the same, seen through an SVR proxy.
 * `capo`, `vault`: the token is a vault of WETH, priced by WETH's feed and its own ratio, capped or not.
 */
export type OracleKind = 'flux' | 'ocr2' | 'dual' | 'capo' | 'vault'
export type Oracle = {
  readonly kind: OracleKind
  /** What protocols read. */
  readonly feed: Address
  readonly aggregator: Contract
  /** What oracles send through, and are transmitters by. */
  readonly forwarder: Contract | null
}

export const signers = [0, 1, 2, 3].map((at) => testAccount(`oracle signer ${at}`))
/** The last one sends through the forwarder. */
export const transmitters = [0, 1, 2, 3].map((at) => testAccount(`oracle transmitter ${at}`))
export const CUTOFF_SECONDS = 30

const none = `0x${'0'.repeat(40)}`
const [least, most] = [1n, 2n ** 95n]

/** Chainlink's official proxy before its official FluxAggregator, or before a stand-in on its official OCR2Base. */
export function deployOracle(
  batch: Batch,
  kind: OracleKind,
  symbol: TokenSymbol,
  deployer: Address,
  oracle: Address,
): Oracle {
  const proxy = compiledCode(chainlinkContracts(), 'EACAggregatorProxy')
  if (kind === 'flux') {
    const flux = compiledCode(chainlinkContracts(), 'FluxAggregator')
    const aggregator = batch.deploy(flux, [none, 0, 0, none, 1, 2n ** 96n, 8, `${symbol} / USD`])
    batch.call(deployer, aggregator, 'changeOracles', [[], [oracle], [deployer], 1, 1, 0])
    return { kind, feed: batch.deploy(proxy, [aggregator.address, none]).address, aggregator, forwarder: null }
  }
  const own = oracleContracts()
  const forwarder = batch.deploy(compiledCode(own, 'StandInForwarder'), [[transmitters.at(-1)?.address]])
  const name = kind === 'dual' ? 'StandInDualAggregator' : 'StandInOcr2Aggregator'
  const aggregator = batch.deploy(compiledCode(own, name), [least, most, 8, `${symbol} / USD`])
  const senders = [...transmitters.slice(0, -1).map(({ address }) => address), forwarder.address]
  const signing = signers.map(({ address }) => address)
  batch.call(deployer, aggregator, 'setConfig', [signing, senders, 1, '0x', 1, '0x'])
  const feed = batch.deploy(proxy, [aggregator.address, none]).address
  if (kind === 'dual') batch.call(deployer, aggregator, 'setSecondary', [feed, CUTOFF_SECONDS])
  return { kind, feed, aggregator, forwarder }
}

/** OpenZeppelin's vault of an asset, one share worth 1.2 of it. */
export function deployVault(batch: Batch, deployer: Address, name: string, symbol: string, asset: Contract): Contract {
  const vault = batch.deploy(compiledCode(oracleContracts(), 'StandInVault'), [name, symbol, asset.address])
  const unit = 10n ** 18n
  batch.call(deployer, asset, 'deposit', [], 1_200n * unit)
  batch.call(deployer, asset, 'approve', [vault.address, 2n ** 256n - 1n])
  batch.call(deployer, vault, 'deposit', [1_000n * unit, deployer])
  batch.call(deployer, asset, 'transfer', [vault.address, 200n * unit])
  return vault
}

/** A share's price by its base's feed: capped a little below what it is worth, by a line that rises 10 % a year, or not. */
export function deployAdapter(
  batch: Batch,
  kind: 'capo' | 'vault',
  base: Address,
  vault: Contract,
  now: number,
): Contract {
  const own = oracleContracts()
  if (kind === 'vault') return batch.deploy(compiledCode(own, 'StandInVaultAdapter'), [base, vault.address])
  const snapshot = (119n * 10n ** 18n) / 100n
  return batch.deploy(compiledCode(own, 'StandInCapoAdapter'), [
    base,
    vault.address,
    snapshot,
    now,
    snapshot / 10n / 31_536_000n,
  ])
}
