import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import { openRpc } from '../chain/open-rpc.ts'
import { patient } from '../chain/patient.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { Config } from '../config/config.ts'
import { type OnProgress, recordRange } from '../recording/record-range.ts'
import { openRecording, openTape, type RecordingHead } from '../recording/recording.ts'
import { type Verified, verify } from '../recording/verify.ts'
import { configOptions, loadFrom } from './config-options.ts'
import type { Context } from './context.ts'
import { checkSimulates } from './forked.ts'
import { gather } from './gather.ts'
import { toJson } from './json.ts'
import { blockNumber, bytesText } from './recording-options.ts'

const help = `
Gathers a range of history into one file, for backtests and forks without a network: headers, what a keeper knows at the
range's start, the logs it watches, and whole blocks with receipts where somebody was liquidated. The node has to be an
archive. Broken off, the same command goes on where it was. At the end it is held against the headers' own hashes.

Examples:
  plimsoll record --from 21000000 --to 21007199 --out october.tape
  plimsoll record --from 21000000 --to 21007199 --rpc http://localhost:8545 --json
  plimsoll replay --serve october.tape          answers from it, so that anvil forks a block of it`

type Options = {
  readonly from: number
  readonly to: number
  readonly rpc?: string
  readonly out?: string
  readonly chunk: number
  readonly anvil?: boolean
  readonly json?: boolean
}

/** `plimsoll record` */
export function addRecord(program: Command, context: Context): void {
  const command = program
    .command('record')
    .description('gather a range of history into a file')
    .requiredOption('--from <block>', 'the first block', blockNumber)
    .requiredOption('--to <block>', 'the last block', blockNumber)
    .option('--rpc <url>', 'the node to ask (default: chain.rpc)')
    .option('--out <file>', 'where to (default: plimsoll-<from>-<to>.tape)')
    .option('--chunk <blocks>', 'blocks of a chunk: what one worker replays alone', blockNumber, 7_200)
    .option('--anvil', 'run acts on forks of this machine’s own, and keep what these ask: for backtests with --anvil')
    .option('--json', 'one JSON object')
  configOptions(command)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const { config } = await loadFrom(options as unknown as Record<string, unknown>, context)
      const { from, to, chunk } = options
      if (from > to || chunk === 0)
        throw new KeeperError('bad-argument', '--from must not lie behind --to, nor --chunk be 0')
      const path = options.out ?? `plimsoll-${from}-${to}.tape`
      const rpc = openRpc(options.rpc ?? config.chain.rpc)
      try {
        const head = { chainId: config.chain.id, from, to, chunkBlocks: chunk }
        await gathered(rpc, config, path, head, { ...context, isForked: options.anvil === true })
      } finally {
        rpc.close()
      }
      const recording = openRecording(path)
      const verified = await verify(recording).finally(recording.close)
      const { bytes } = recording.size()
      if (options.json === true) context.out(`${toJson({ file: path, ...recording.head, bytes, ...verified }, 2)}\n`)
      else context.out(`${path}: ${bytesText(bytes)}, ${verifiedText(verified)}\n`)
    })
}

async function gathered(
  rpc: Rpc,
  config: Config,
  path: string,
  head: RecordingHead,
  { say, isForked }: Pick<Context, 'say'> & { readonly isForked: boolean },
): Promise<void> {
  const chainId = Number(await rpc.request('eth_chainId', []))
  if (chainId !== head.chainId)
    throw new KeeperError('chain-mismatch', `the node is of chain ${chainId}, and chain.id is ${head.chainId}`)
  const newest = Number(await rpc.request('eth_blockNumber', []))
  if (newest < head.to)
    throw new KeeperError('bad-argument', `the node's newest block is ${newest}: give a --to that is not behind it`)
  if (!isForked) await checkSimulates(rpc)
  const tape = openTape(path, head)
  const unhurried = patient(rpc, (error) => say(`${error.message}: asked again\n`))
  try {
    await recordRange(unhurried, tape, gather(config, head, isForked), sayNowAndThen(say))
  } finally {
    tape.close()
  }
}

/** What was proven of a recording, in a line. */
export const verifiedText = ({ headers, logs, logsBefore, receipts, state, digest }: Verified): string =>
  `${headers} headers, ${logs} logs and the receipts of ${receipts} blocks are what the headers' hashes say; ` +
  `${logsBefore} logs from before the range and ${state} answers about state rest on its own checksums; digest ${digest}`

/** About once a second, and at the end of each part. */
function sayNowAndThen(say: Context['say']): OnProgress {
  let saidMs = 0
  return (what, done, total, { bytes }) => {
    if (done < total && Date.now() - saidMs < 1_000) return
    saidMs = Date.now()
    say(`${what}: ${done} of ${total}, ${bytesText(bytes)}\n`)
  }
}
