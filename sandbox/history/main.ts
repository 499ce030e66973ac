import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { KeeperError } from '#core/error.ts'
import { generateHistory } from './generate-history.ts'
import { summaryOf } from './summary.ts'

const help = `Days of history in minutes: a private chain with the real protocols lives through a crash.

  npx node sandbox/history/main.ts                    thirty days in 1,500 blocks
  npx node sandbox/history/main.ts --days 3 --blocks 200 --borrowers 40
      --seed 1         prices, borrowers and rivals; the same seed gives the same blocks, to the hash of the head
      --json           one JSON object instead of the table
      --serve          keeps the chain running, its URL on stderr, until Ctrl-C
`

/** @throws of node:util, where an option is unknown. */
const optionsOf = () =>
  parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      days: { type: 'string', default: '30' },
      blocks: { type: 'string', default: '1500' },
      borrowers: { type: 'string', default: '120' },
      json: { type: 'boolean', default: false },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values

async function main(): Promise<number> {
  const options = optionsOf()
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const history = await generateHistory({
    ...{ seed: whole('seed', options.seed), days: whole('days', options.days) },
    ...{ blocks: whole('blocks', options.blocks), borrowers: whole('borrowers', options.borrowers) },
    onProgress: (message, done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done}/${total} ${message}`)
    },
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const summary = summaryOf(history)
  if (options.json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`)
  else {
    const table = new Table({ style: { head: [] } })
    for (const [name, value] of Object.entries(summary))
      table.push([name, typeof value === 'object' ? JSON.stringify(value) : String(value)])
    process.stdout.write(`${table.toString()}\n`)
  }
  if (options.serve) {
    process.stderr.write(`${history.sandbox.nodeUrl} holds blocks ${history.from} to ${history.to}; Ctrl-C ends it\n`)
    await new Promise((resolve) => process.once('SIGINT', resolve))
  }
  await history.sandbox.stop()
  return 0
}

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new KeeperError('bad-argument', `--${name} is a whole number above 0, not ${text}`)
  return value
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  },
)
