import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export type Selector = {
  readonly metric: string
  /** Label names of its matchers, with what is compared. */
  readonly labels: ReadonlyMap<string, string>
  /** The range behind it, as written; `null` where there is none. */
  readonly range: string | null
  /** The function around it; empty where there is none. */
  readonly within: string
}
export type Parsed = {
  readonly hasErrors: boolean
  readonly selectors: readonly Selector[]
  /** Labels grouped by. */
  readonly grouped: readonly string[]
}

/** Grafana's variables as durations that tell them apart. */
const durations: Readonly<Record<string, string>> = { $__rate_interval: '61s', $__range: '3601s', $__interval: '31s' }
const named = (duration: string): string =>
  Object.entries(durations).find(([, stands]) => stands === duration)?.[0] ?? duration

/** A query by Prometheus' own grammar. */
export function parse(query: string): Parsed {
  const text = Object.entries(durations).reduce((all, [name, stands]) => all.replaceAll(name, stands), query)
  const tree = parser.parse(text)
  const selectors: Selector[] = []
  const grouped: string[] = []
  let hasErrors = text.trim() === ''
  const shown = (node: SyntaxNode | null): string => (node === null ? '' : text.slice(node.from, node.to))
  tree.iterate({
    enter: ({ type, node }) => {
      if (type.isError) hasErrors = true
      if (type.name === 'VectorSelector') selectors.push(selectorOf(node, shown))
      if (type.name === 'GroupingLabels') for (const label of node.getChildren('LabelName')) grouped.push(shown(label))
    },
  })
  return { hasErrors, selectors, grouped }
}

function selectorOf(node: SyntaxNode, shown: (node: SyntaxNode | null) => string): Selector {
  const labels = new Map<string, string>()
  for (const list of node.getChildren('LabelMatchers'))
    for (const matcher of [...list.getChildren('UnquotedLabelMatcher'), ...list.getChildren('LabelMatcher')])
      labels.set(shown(matcher.getChild('LabelName')), shown(matcher.getChild('StringLiteral')).slice(1, -1))
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null
  const call = surrounding(node, 'FunctionCall')
  const range = /\[([^\]]+)\]/.exec(shown(matrix))?.[1]
  return {
    metric: shown(node.getChild('Identifier')),
    labels,
    range: range === undefined ? null : named(range),
    within: matrix === null ? '' : shown(call?.getChild('FunctionIdentifier') ?? null),
  }
}

function surrounding(node: SyntaxNode, name: string): SyntaxNode | null {
  let at = node.parent
  while (at !== null && at.name !== name) at = at.parent
  return at
}
