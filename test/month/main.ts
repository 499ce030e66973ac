import { parseArgs } from 'node:util'
import { KeeperError } from '#core/error.ts'
import { command } from '../cli/command.ts'
import { figuresOf } from '../example/figures-of.ts'
import { buildMonth } from './build.ts'

const help = `A month with a crash in it, every block of it: built on first use on a real chain, which takes long, then played.

  npx node test/month/main.ts                 200,000 blocks, 6,600 borrowers
  npx node test/month/main.ts --days 0.1 --blocks 720 --borrowers 80 --chunk 300
      --seed 1    prices, borrowers and rivals

Acts are not proven: the chain keeps no state but the newest while it is made.
`
const say = (text: string): void => void process.stderr.write(text)

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '27.78' },
    blocks: { type: 'string', default: '200000' },
    borrowers: { type: 'string', default: '6600' },
    chunk: { type: 'string', default: '5000' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(help)
  const [seed = 0, days = 0, blocks = 0, borrowers = 0, chunkBlocks = 0] = [
    ...[values.seed, values.days, values.blocks, values.borrowers, values.chunk].map(Number),
  ]
  const built = await buildMonth({ seed, days, blocks, borrowers, chunkBlocks }, say)
  const began = performance.now()
  const args = [
    'backtest',
    '--config',
    built.config,
    '--recording',
    built.tape,
    '--no-proofs',
    '--workers',
    '1',
    '--json',
  ]
  const ended = await command(args)
  if (ended.code !== 0) throw new KeeperError('bad-record', ended.said)
  const seconds = (performance.now() - began) / 1e3
  const megabytes = process.resourceUsage().maxRSS / 1e3
  const figures = figuresOf(JSON.parse(ended.out))
  const run = { digest: built.digest, blocks, seconds, blocksPerSecond: blocks / seconds, megabytes, figures }
  process.stdout.write(`${JSON.stringify(run, null, 2)}\n`)
}

main().catch((error: unknown) => {
  say(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
