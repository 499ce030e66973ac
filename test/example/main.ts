import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { KeeperError } from '#core/error.ts'
import { build, type Example } from './build.ts'
import { play } from './play.ts'

const help = `A backtest of a crash with three rivals, all of it on this machine.

  npm run backtest:example                  builds the recording on first use (a minute or two), checks its hash, plays it
                                            offline, checks the figures and writes backtest-example.html
  npm run backtest:example -- --out F       writes the report there
  npm run backtest:example -- --renew       writes down anew what must come out: after a change that is meant to change it
`
const at = new URL('example.json', import.meta.url)
const say = (text: string): void => void process.stderr.write(text)

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'backtest-example.html' },
    renew: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  if (options.help) return void process.stdout.write(help)
  const read = JSON.parse(readFileSync(at, 'utf8')) as Example
  const built = await build(read, say)
  if (!options.renew && built.digest !== read.digest)
    throw new KeeperError('bad-record', `${built.tape} has the digest ${built.digest}, and must have ${read.digest}`)
  const figures = await play(built, options.out)
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  say(`the report is ${options.out}\n`)
  const { digest } = built
  if (options.renew) writeFileSync(at, `${JSON.stringify({ ...read, digest, figures }, null, 2)}\n`)
  else if (JSON.stringify(figures) !== JSON.stringify(read.figures))
    throw new KeeperError('bad-record', `the figures must be ${JSON.stringify(read.figures)}`)
}

main().catch((error: unknown) => {
  say(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
