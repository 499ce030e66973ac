import { parse, View } from 'vega'
import { type Config, compile, type TopLevelSpec } from 'vega-lite'
import { html, type Markup, raw } from './markup.ts'
import { tiers, tierWords } from './words.ts'

export type Plot = {
  /** Of the page's own: unique in it. */
  readonly id: string
  readonly title: string
  /** The same in words, for who does not see it. */
  readonly tells: string
  readonly spec: TopLevelSpec
}

/** Colours are the page's own, so that one picture serves light, dark and paper. */
export const colour = {
  captured: 'var(--captured)',
  missed: 'var(--missed)',
  'after-ours': 'var(--after)',
  own: 'var(--own)',
  committed: 'var(--committed)',
  hinted: 'var(--hinted)',
} as const

export const tierNames: string[] = tiers.map((tier) => tierWords[tier].name)

/** How a tier looks in every plot. */
export const byTier = {
  field: 'tier',
  type: 'nominal' as const,
  title: null,
  sort: null,
  scale: { domain: tierNames, range: [colour.committed, colour.hinted] },
  legend: { orient: 'top' as const },
}

const config: Config = {
  font: 'system-ui, sans-serif',
  aria: false,
  background: 'transparent',
  view: { stroke: 'transparent' },
  axis: {
    ...{
      labelColor: 'var(--ink)',
      titleColor: 'var(--ink)',
      titleFontWeight: 'normal',
      labelFontSize: 12,
      titleFontSize: 12,
    },
    ...{ domainColor: 'var(--line)', tickColor: 'var(--line)', gridColor: 'var(--grid)' },
  },
  legend: { labelColor: 'var(--ink)', labelFontSize: 12, symbolSize: 120 },
}

/** A plot as part of the page, drawn without a browser. */
export async function plotOf({ id, title, tells, spec }: Plot): Promise<Markup> {
  const whole = { autosize: { type: 'fit-x', contains: 'padding' }, width: 520, ...spec, config } as TopLevelSpec
  const svg = await new View(parse(compile(whole).spec), { renderer: 'none' }).toSVG()
  const body = svg.replace(/ xmlns(:xlink)?="[^"]*"/g, '').replace(/ version="[^"]*"| class="marks"/g, '')
  const names = html` role="img" aria-labelledby="${id}-title ${id}-tells"><title id="${id}-title">${title}</title><desc id="${id}-tells">${tells}</desc>`
  return html`<figure><figcaption>${title}</figcaption>${raw(body.replace(/^<svg([^>]*)>/, (_, rest: string) => `<svg${rest}${names.markup}`))}</figure>
`
}
