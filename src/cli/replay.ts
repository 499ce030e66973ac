import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import { quietEvents } from '../engine/quiet-events.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording } from '../recording/recording.ts'
import { openRunTape } from '../recording/run-tape.ts'
import { serveRpc } from '../recording/serve-rpc.ts'
import { verify } from '../recording/verify.ts'
import { replayRun } from '../replay/replay-run.ts'
import type { RunHead } from '../replay/run-head.ts'
import type { Context } from './context.ts'
import { dataFeeSourceOf } from './data-fees.ts'
import { exitCodes } from './exit-code.ts'
import { toJson } from './json.ts'
import { proberFor } from './prober-for.ts'
import { verifiedText } from './record.ts'
import { bytesText } from './recording-options.ts'
import { recordedChoice } from './run-recording.ts'

const help = `
Of what \`plimsoll run --record\` wrote: the same code lives through it once more, without node, relay or key, and its
verdicts are held against those of the recorded run, byte for byte; the first that differs is shown, and the exit code is 1.
Of what \`plimsoll record\` gathered: --serve answers JSON-RPC from it and from nothing else, on 127.0.0.1, until Ctrl-C;
what it does not hold is "not recorded", and said on standard error. --verify holds it against its headers' hashes.

Examples:
  plimsoll replay monday.tape
  plimsoll replay monday.tape --verdicts        each as the journal keeps it, a line of JSON
  plimsoll replay --serve october.tape --port 8545
  anvil --fork-url http://127.0.0.1:8545 --fork-block-number 21000100 --no-storage-caching
  plimsoll replay --verify october.tape`

type Options = {
  readonly serve?: boolean
  readonly verify?: boolean
  readonly verdicts?: boolean
  readonly port: string
  readonly json?: boolean
}

/** `plimsoll replay` */
export function addReplay(program: Command, context: Context, end: (code: number) => void): void {
  program
    .command('replay')
    .description('live through a recording again, or answer from it')
    .argument('<file>', 'a recording')
    .option('--serve', 'answer JSON-RPC from it')
    .option('--port <port>', 'where to serve; 0: a free one', '8545')
    .option('--verify', 'hold it against its headers')
    .option('--verdicts', 'print the verdicts of the replay')
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      if (options.serve === true) await serve(file, portOf(options.port), options, context)
      else if (options.verify === true) await check(file, options, context)
      else if (!(await again(file, options, context))) end(exitCodes.failed)
    })
}

/** @returns whether all was said once more. */
async function again(file: string, { json, verdicts: isListed }: Options, context: Context): Promise<boolean> {
  const recording = openRunTape(file)
  const head = recording.head as unknown as RunHead
  const choice = await recordedChoice(head)
  const { verdicts, recorded, delivered, isClean } = await replayRun(recording, {
    ...choice,
    prober: proberFor(head.settings.execution.executor),
    dataFees: dataFeeSourceOf,
    events: quietEvents(),
  })
  const whole = isClean ? Math.max(recorded.length, verdicts.length) : verdicts.length
  const differsAt = Array.from({ length: whole }).findIndex((_, at) => recorded[at] !== verdicts[at])
  const isSame = differsAt === -1
  if (isListed === true) context.out(verdicts.map((one) => `${one}\n`).join(''))
  else if (json === true) {
    const count = { verdicts: verdicts.length, recorded: recorded.length }
    context.out(`${toJson({ file, delivered, ...count, isClean, isSame }, 2)}\n`)
  } else
    context.out(
      `${delivered} deliveries, ${verdicts.length} verdicts: ${isSame ? 'the same, byte for byte' : 'not the same'}\n`,
    )
  if (!isClean) context.say(`${file} is cut off: replayed to its end\n`)
  if (!isSame) context.say(`verdict ${differsAt}\nrecorded: ${recorded[differsAt]}\nreplayed: ${verdicts[differsAt]}\n`)
  return isSame
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port < 65_536) return port
  throw new KeeperError('bad-argument', `--port ${text} is no port: write a number below 65536, or 0 for a free one`)
}

async function serve(file: string, port: number, { json }: Options, context: Context): Promise<void> {
  const recording = openRecording(file)
  const { chainId, from, to } = recording.head
  const { bytes, asks } = recording.size()
  const served = await serveRpc(recordedRpc(recording), port, (what) => context.say(`not recorded: ${what}\n`))
  const { url } = served
  if (json === true) context.out(`${toJson({ url, chainId, from, to, asks, bytes, digest: recording.digest() }, 2)}\n`)
  else
    context.out(
      `${url} answers blocks ${from} to ${to} of chain ${chainId}: ${asks} questions in ${bytesText(bytes)}\n`,
    )
  try {
    await new Promise<void>((done) => {
      if (context.stop.aborted) done()
      else context.stop.addEventListener('abort', () => done(), { once: true })
    })
  } finally {
    await served.stop()
    recording.close()
  }
}

async function check(file: string, { json }: Options, context: Context): Promise<void> {
  const recording = openRecording(file)
  const verified = await verify(recording).finally(recording.close)
  context.out(
    json === true ? `${toJson({ file, ...recording.head, ...verified }, 2)}\n` : `${file}: ${verifiedText(verified)}\n`,
  )
}
