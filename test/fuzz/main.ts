import { parseArgs } from 'node:util'
import { KeeperError } from '#core/error.ts'
import { type RoundingName, roundings } from '../../strategies/aave-v3/rounding.ts'
import { conform } from '../conformance/conform.ts'
import { type FuzzReport, fuzzAave } from './aave-v3/fuzz.ts'

const usage = `npm run fuzz -- --strategy NAME [--cases 2000] [--seed N] [--rounding ${Object.keys(roundings).join('|')}] [--json]

Puts random positions, times and prices on the real contracts and compares every figure. Exit 1 when one differs.
Of aave-v3 in one call a case, many thousands of them; of other strategies by the conformance suite's checks of what is
taken, on every deployment that their fixtures bring.
--rounding (aave-v3) computes with another version's rounding: the fuzzer must then find fault.
`

const { values } = parseArgs({
  options: {
    strategy: { type: 'string', default: 'aave-v3' },
    cases: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    rounding: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  if (values.strategy !== 'aave-v3') return fuzzByConformance(values.strategy)
  const started = Date.now()
  const say = (text: string): void => void process.stderr.write(`${text}\n`)
  say(`seed ${values.seed}`)
  const report = await fuzzAave({
    cases: wholeNumber('cases', values.cases),
    seed: wholeNumber('seed', values.seed),
    rounding: roundingNamed(values.rounding),
    onProgress: say,
  })
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else print(report, (Date.now() - started) / 1000)
  return report.mismatched === 0 ? 0 : 1
}

/** The suite's checks of what is taken, on every deployment of the strategy's fixture: ends, insides, outsides, amounts, after. */
async function fuzzByConformance(name: string): Promise<number> {
  const started = Date.now()
  const rows = await conform(name, {
    cases: Math.ceil(wholeNumber('cases', values.cases) / 2),
    seed: wholeNumber('seed', values.seed),
    only: ['segments', 'terms'],
    say: (text) => void process.stderr.write(`${text}\n`),
  })
  const mismatches = rows.flatMap((row) => row.mismatches)
  const cases = rows.reduce((sum, row) => sum + row.cases, 0)
  const tags = [...new Set(rows.flatMap((row) => row.tags))].sort()
  if (values.json) process.stdout.write(`${JSON.stringify({ strategy: name, cases, mismatches, tags })}\n`)
  else {
    const seconds = ((Date.now() - started) / 1000).toFixed(0)
    const text = [`${name}, seed ${values.seed}: ${cases} cases, ${seconds} s`, `  ${tags.join(', ')}`]
    const none = rows.filter(({ notRun }) => notRun !== null).map(({ notRun }) => `  not run: ${notRun}`)
    process.stdout.write(
      `${[...text, ...none, ...mismatches.slice(0, 5), `mismatches: ${mismatches.length}`].join('\n')}\n`,
    )
  }
  return mismatches.length === 0 && cases > 0 ? 0 : 1
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number) || number < 1)
    throw new KeeperError('bad-argument', `--${name} ${text}: a whole number above 0 is needed`)
  return number
}

function roundingNamed(name: string | undefined): RoundingName | null {
  if (name === undefined) return null
  if (!Object.hasOwn(roundings, name))
    throw new KeeperError('bad-argument', `--rounding ${name}: there are ${Object.keys(roundings).join(', ')}`)
  return name as RoundingName
}

function print(report: FuzzReport, seconds: number): void {
  const line = (text: string): void => void process.stdout.write(`${text}\n`)
  line(
    `${report.strategy}, seed ${report.seed}: ${report.cases} cases, ${report.tries} calls tried, ${seconds.toFixed(0)} s`,
  )
  line(`  liquidatable ${report.liquidatable}`)
  for (const [branch, count] of Object.entries(report.branches)) line(`  ${branch.padEnd(20)} ${count}`)
  for (const [kind, count] of Object.entries(report.mismatches))
    if (count > 0) line(`  differing in ${kind}: ${count} cases`)
  for (const example of report.examples) line(`  ${example}`)
  line(`mismatches: ${report.mismatched}`)
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
