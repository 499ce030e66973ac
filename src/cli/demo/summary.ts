import { etherText, groupedRows, short, table } from '../table.ts'
import { inexact, type Liquidation } from './liquidations.ts'
import type { DemoResult, Skipped } from './run-demo.ts'

/** No line is wider: a terminal of this width shows the demo's end unbroken. */
export const widest = 120
const tagsWidth = 58
const detailWidth = 60

/** What the demo ends with, for people: each transaction with its liquidations, what was left alone, and the sum. */
export function summary(result: DemoResult, off: readonly Liquidation[]): string {
  const { liquidations, skips, blocks, times, profit, symbols } = result
  const transactions = byTransaction(liquidations)
  const positions = new Set(liquidations.map((one) => one.position)).size
  const lines = [
    `${count(liquidations.length, 'liquidation')} of ${count(positions, 'position')}, in ${count(transactions.length, 'transaction')}; net is after tip and gas:`,
    liquidatedTable(transactions, symbols),
    '',
    `${count(skips.length, 'position')} became liquidatable and ${skips.length === 1 ? 'was' : 'were'} left alone:`,
    skippedTable(skips),
    '',
    'From a trigger’s arrival to the bytes handed over, a simulation that came first included:',
    timesTable(times),
    '',
    `${count(blocks, 'block')}; ${etherText(BigInt(profit))} ETH stand in the executor, after tips; net of gas ${etherText(netOf(transactions))} ETH.`,
    verdictOn(liquidations, off),
  ]
  return lines.join('\n')
}

function verdictOn(liquidations: readonly Liquidation[], off: readonly Liquidation[]): string {
  const otherwise = off.map((one) => `  ${short(one.position)}: ${inexact(one).join(', ')}`)
  if (off.length > 0) return [`${off.length} came out otherwise than foreseen:`, ...otherwise].join('\n')
  const apart = liquidations.filter(({ isComparable }) => !isComparable).length
  const but = apart === 0 ? '' : ` (${apart} landed in another block than they were signed for, and are not compared)`
  return `Every repay, seizure, swap and gas-free profit came out as foreseen: 0 wei off${but}.`
}

type Symbols = DemoResult['symbols']
type Transaction = readonly [Liquidation, ...Liquidation[]]

function byTransaction(liquidations: readonly Liquidation[]): readonly Transaction[] {
  const found = new Map<string, [Liquidation, ...Liquidation[]]>()
  for (const one of liquidations) {
    const before = found.get(one.tx)
    if (before === undefined) found.set(one.tx, [one])
    else before.push(one)
  }
  return [...found.values()]
}

const netOf = (transactions: readonly Transaction[]): bigint =>
  transactions.reduce((sum, [{ netProfit }]) => sum + BigInt(netProfit.actual), 0n)

function liquidatedTable(transactions: readonly Transaction[], symbols: Symbols): string {
  const groups = transactions.map((all) => ({
    title: titleOf(all, symbols),
    rows: all.map((one) => [
      one.owner === null ? '' : short(one.owner),
      one.revision === 'unknown' ? one.protocol : `${one.protocol} (${one.revision})`,
      shown(one.repay.actual, one.debt, symbols),
      shown(one.seize.actual, one.collateral, symbols),
      one.tags.filter((tag) => !ofPlan.has(tag)).join(' '),
    ]),
  }))
  return groupedRows(['borrower', 'protocol', 'repaid', 'seized', 'tags'], groups, ['repaid', 'seized'], tagsWidth)
}

/** Said of a transaction by its swaps and the count of its liquidations. */
const ofPlan: ReadonlySet<string> = new Set(['shared-exit', 'several-hops', 'split'])

function titleOf([first, ...rest]: Transaction, symbols: Symbols): string {
  const { block, via, route, grossProfit, netProfit } = first
  const gained = `gained ${etherText(BigInt(grossProfit.actual))} ETH, net ${etherText(BigInt(netProfit.actual))}`
  return `block ${block}, ${via}: ${count(rest.length + 1, 'liquidation')}; ${routeOf(route, symbols)}; ${gained}`
}

function skippedTable(skips: readonly Skipped[]): string {
  const inOrder = [...skips].sort((a, b) => a.block - b.block)
  const rows = inOrder.map(({ block, owner, position, reason, net, detail }) => [
    String(block),
    short(owner ?? position),
    reason,
    net === null ? '' : etherText(BigInt(net)),
    // The column before it says the same to six digits.
    /^net -?\d+ wei$/.test(detail) ? '' : short(detail),
  ])
  return table(['block', 'borrower', 'reason', 'net, ETH', 'detail'], rows, ['block', 'net, ETH'], detailWidth)
}

const timesTable = (times: DemoResult['times']): string =>
  table(
    ['trigger', 'sent', 'median, ms', 'longest, ms'],
    times.map(({ trigger, count: sent, medianMs, maxMs }) => [
      trigger,
      String(sent),
      medianMs.toFixed(1),
      maxMs.toFixed(1),
    ]),
    ['sent', 'median, ms', 'longest, ms'],
  )

/** Amount and symbol, to six digits of weight: for people. */
function shown(units: string, asset: string | null, symbols: Symbols): string {
  const token = asset === null ? undefined : symbols[asset.toLowerCase()]
  if (token === undefined) return units
  const value = Number(units) / 10 ** token.decimals
  const digits = value < 0.001 ? value.toPrecision(3) : value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
  return `${digits} ${token.symbol}`
}

function routeOf(route: Liquidation['route'], symbols: Symbols): string {
  const pairs = new Set<string>()
  for (const { sell, buy } of route)
    pairs.add([sell, buy].map((asset) => symbols[asset.toLowerCase()]?.symbol ?? short(asset)).join('→'))
  if (route.length === 0) return 'no swap'
  const named = route.length === 1 || pairs.size > 2 ? '' : ` ${[...pairs].join(', ')}`
  if (route.length === 1) return [...pairs].join('')
  return `${route.length} swaps${named === '' ? ` of ${pairs.size} pairs` : named}`
}

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`
