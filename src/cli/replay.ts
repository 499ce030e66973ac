import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import { recordedRpc } from '../recording/recorded-rpc.ts'
import { openRecording } from '../recording/recording.ts'
import { serveRpc } from '../recording/serve-rpc.ts'
import { verify } from '../recording/verify.ts'
import type { Context } from './context.ts'
import { toJson } from './json.ts'
import { verifiedText } from './record.ts'
import { bytesText } from './recording-options.ts'

const help = `
Of what \`plimsoll record\` gathered: --serve answers JSON-RPC from it and from nothing else, on 127.0.0.1, until Ctrl-C;
what it does not hold is "not recorded", and said on standard error. --verify holds it against its headers' hashes.

Examples:
  plimsoll replay --serve october.tape --port 8545
  anvil --fork-url http://127.0.0.1:8545 --fork-block-number 21000100 --no-storage-caching
  plimsoll replay --verify october.tape`

type Options = { readonly serve?: boolean; readonly verify?: boolean; readonly port: string; readonly json?: boolean }

/** `plimsoll replay` */
export function addReplay(program: Command, context: Context): void {
  program
    .command('replay')
    .description('live through a recording again, or answer from it')
    .argument('<file>', 'a recording')
    .option('--serve', 'answer JSON-RPC from it')
    .option('--port <port>', 'where to serve; 0: a free one', '8545')
    .option('--verify', 'hold it against its headers')
    .option('--json', 'one JSON object')
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      if (options.serve === true) await serve(file, portOf(options.port), options, context)
      else if (options.verify === true) await check(file, options, context)
      else throw new KeeperError('bad-argument', 'say what to do with it: --serve or --verify')
    })
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
