import { keccak256 } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Rpc } from '../src/chain/rpc.ts'
import { type Oracle, signers, transmitters } from './deploy/oracles.ts'
import type { Tokens } from './deploy/tokens.ts'
import type { TokenSymbol } from './market-data.ts'
import { type Report, signedReport } from './report.ts'
import { type Call, type Signer, signerOf } from './signer.ts'

export type TransmitOptions = {
  /** Through the forwarder. */
  readonly wrapped?: boolean
  /** As SVR's auction sends it. */
  readonly secondary?: boolean
  /** The report before, once more: what a secondary transmission of a primary one is. */
  readonly again?: boolean
  /** Not put into the mempool. */
  readonly send?: boolean
}
export type Oracles = {
  /** Puts a price into the mempool; each feed's one at a time, so that rounds follow each other. */
  readonly setPrice: (symbol: TokenSymbol, usd: bigint) => Promise<Hex>
  /** A signed OCR2 transmission, raw. @throws `bad-argument` where the feed is no OCR2 one. */
  readonly transmit: (symbol: TokenSymbol, usd: bigint, options?: TransmitOptions) => Promise<Hex>
}

/** Epochs are counted from here on; the first was used by the setting up. */
export function oraclesOf(rpc: Rpc, tokens: Tokens, oracle: Signer, chainId: number): Oracles {
  const senders = transmitters.map((account) => signerOf(rpc, account, chainId))
  const reports = new Map<TokenSymbol, { readonly epoch: number; readonly report: Report }>()
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
  const transmit = async (symbol: TokenSymbol, usd: bigint, options: TransmitOptions): Promise<Hex> => {
    const feed = tokens[symbol].oracle
    const before = reports.get(symbol)
    const epoch = (before?.epoch ?? FIRST_EPOCH) + 1
    const report =
      options.again === true && before !== undefined ? before.report : await reportOf(rpc, feed, epoch, usd)
    reports.set(symbol, { epoch: options.again === true ? epoch - 1 : epoch, report })
    const call = transmission(feed, report, options)
    const signer = senders[options.wrapped === true ? senders.length - 1 : 0]
    const [raw] = (await signer?.sign(call)) ?? []
    if (raw === undefined) throw new KeeperError('not-found', 'the sandbox has no transmitter')
    if (options.send !== false) await rpc.request('eth_sendRawTransaction', [raw])
    return raw
  }
  return {
    transmit: (symbol, usd, options = {}) => inTurn(() => transmit(symbol, usd, options)),
    setPrice: (symbol, usd) =>
      inTurn(async () => {
        if (tokens[symbol].oracle.kind === 'flux')
          return (await oracle.send(await submission(rpc, tokens, symbol, usd)))[0] as Hex
        return keccak256(await transmit(symbol, usd, {})) as Hex
      }),
  }
}

const FIRST_EPOCH = 1

/** A feed's first report, as a call of its first transmitter. */
export async function firstReport(rpc: Rpc, feed: Oracle, usd: bigint): Promise<Report> {
  return reportOf(rpc, feed, FIRST_EPOCH, usd)
}

async function reportOf(rpc: Rpc, feed: Oracle, epoch: number, usd: bigint): Promise<Report> {
  if (feed.kind !== 'ocr2' && feed.kind !== 'dual')
    throw new KeeperError('bad-argument', `a ${feed.kind} feed takes no reports: see SandboxOptions.oracle`)
  const { address: to, abi } = feed.aggregator
  const ask = { to, data: abi.encodeFunctionData('latestConfigDetails', []) }
  const [, , digest] = abi.decodeFunctionResult(
    'latestConfigDetails',
    (await rpc.request('eth_call', [ask, 'latest'])) as Hex,
  )
  const head = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as { timestamp: string }
  return signedReport(String(digest) as Hex, epoch, usd, Number(head.timestamp), signers)
}

function transmission({ aggregator, forwarder }: Oracle, report: Report, options: TransmitOptions): Call {
  const name = options.secondary === true ? 'transmitSecondary' : 'transmit'
  const data = aggregator.abi.encodeFunctionData(name, report) as Hex
  if (options.wrapped !== true || forwarder === null) return { to: aggregator.address, data, gas: 500_000n }
  const wrapped = forwarder.abi.encodeFunctionData('forward', [aggregator.address, data]) as Hex
  return { to: forwarder.address, data: wrapped, gas: 600_000n }
}

/** The next submission of the one oracle, counted with those that are still in the mempool. */
async function submission(rpc: Rpc, tokens: Tokens, symbol: TokenSymbol, usd: bigint): Promise<Call> {
  const { address: to, abi } = tokens[symbol].oracle.aggregator
  const data = abi.encodeFunctionData('latestRound', [])
  const latest = BigInt((await rpc.request('eth_call', [{ to, data }, 'pending'])) as Hex)
  return { to, data: abi.encodeFunctionData('submit', [latest + 1n, usd]) as Hex, gas: 300_000n }
}

/** What an aggregator answers now, in its own unit. */
export async function answerOf(rpc: Rpc, aggregator: Address): Promise<bigint> {
  return BigInt((await rpc.request('eth_call', [{ to: aggregator, data: '0x50d25bcd' }, 'latest'])) as Hex)
}
