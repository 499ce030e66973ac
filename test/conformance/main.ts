import { parseArgs } from 'node:util'
import Table from 'cli-table3'
import { KeeperError } from '#core/error.ts'
import { type ConformRow, conform, conformOutside } from './conform.ts'
import { strategyNames } from './definitions.ts'

const help = `Whether strategies do what their protocols' contracts do: every check on every deployment, with a planted fault each.

  npm run conformance                            every strategy, on the contracts its fixture brings
  npm run conformance -- --strategy morpho-blue  one
      --cases 200   cases a check is to make at least, where there are as many
      --seed 1      what is drawn at random
      --only terms  one check
      --rpc URL --addresses FILE   the same on a chain given from outside: docs/conformance.md says what FILE holds
      --json        one JSON object instead of the table

Exit 1 where a figure differs or a planted fault goes unseen.
`

const { values: options } = parseArgs({
  options: {
    strategy: { type: 'string' },
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    rpc: { type: 'string' },
    addresses: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<number> {
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  const names = options.strategy === undefined ? strategyNames() : [options.strategy]
  const rows: ConformRow[] = []
  for (const name of names) {
    const settings = {
      cases: whole('cases', options.cases),
      seed: whole('seed', options.seed),
      only: options.only === undefined ? [] : [options.only],
      say,
    }
    const { rpc, addresses } = outside()
    rows.push(...(await (rpc === null ? conform(name, settings) : conformOutside(name, rpc, addresses, settings))))
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ seed: Number(options.seed), rows }, null, 2)}\n`)
  else process.stdout.write(`${tableOf(rows)}\n`)
  return rows.every(isWell) ? 0 : 1
}

type Outside = { readonly rpc: null; readonly addresses: null } | { readonly rpc: string; readonly addresses: string }

function outside(): Outside {
  const { rpc, addresses, strategy } = options
  if (rpc === undefined && addresses === undefined) return { rpc: null, addresses: null }
  if (rpc === undefined || addresses === undefined || strategy === undefined)
    throw new KeeperError('bad-argument', '--rpc, --addresses and --strategy go together: see --help')
  return { rpc, addresses }
}

const isWell = ({ notRun, mismatches, isCaught }: ConformRow): boolean =>
  notRun !== null || (mismatches.length === 0 && isCaught)

function tableOf(rows: readonly ConformRow[]): string {
  const table = new Table({
    head: ['strategy', 'contracts', 'check', 'cases', 'mismatches', 'planted fault'],
    style: { head: [], border: [] },
  })
  for (const row of rows) {
    const contracts = row.deployment === '' ? row.contracts : `${row.deployment} (${row.contracts})`
    const caught = row.isCaught ? 'caught' : 'NOT CAUGHT'
    const told =
      row.notRun === null
        ? [row.cases, row.mismatches.length, `${caught}: ${row.planted}`]
        : ['not run', '', row.notRun]
    table.push([row.strategy, contracts, row.check, ...told])
  }
  const examples = rows.flatMap(({ strategy, check, mismatches }) =>
    mismatches.slice(0, 3).map((text) => `${strategy}, ${check}: ${text}`),
  )
  return [table.toString(), ...examples].join('\n')
}

function whole(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new KeeperError('bad-argument', `--${name} ${text}: a whole number above 0 is needed`)
  return number
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 2
}
