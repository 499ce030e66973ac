import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Report } from '../backtest/report.ts'
import type { Sweep } from '../backtest/walk-forward.ts'
import { answerOf, figuresOf, restsOn, titleOf } from './headline.ts'
import { html, type Markup, raw } from './markup.ts'
import { sectionsOf } from './sections.ts'
import { tiers, tierWords } from './words.ts'

/**
 * A report as one page that needs nothing else: no request, no script to be read. Whatever came from a chain stands in
 * it as plain text.
 */
export async function htmlOf(report: Report, sweep: Sweep | null = null): Promise<string> {
  const [style, script] = [ownText('page.css'), ownText('page.js')]
  const title = titleOf(report)
  const sections = await sectionsOf(report, sweep)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header>
<h1>${title}</h1>
<p class="answer">${answerOf(report)}</p>
${figuresTable(report)}
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main">
${sections.map(
  ({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-head">
<h2 id="${id}-head">${title}</h2>
${body}
</section>
`,
)}
</main>
<footer><h2>What this rests on</h2><ul>${restsOn(report).map((line) => html`<li>${line}</li>`)}</ul></footer>
<script>${raw(script)}</script>
</body>
</html>
`
  return page.markup
}

const figuresTable = (report: Report): Markup => html`<table class="figures">
<caption>Two tiers, side by side</caption>
<colgroup><col><col><col></colgroup>
<thead><tr><td></td>${tiers.map((tier) => html`<th scope="col"><span class="tier ${tier}">${tierWords[tier].name}</span><small>${tierWords[tier].means}</small></th>`)}</tr></thead>
<tbody>${figuresOf(report).map(
  ({
    name,
    of,
  }) => html`<tr><th scope="row">${name}</th>${tiers.map((tier) => html`<td><strong>${of[tier].value}</strong><small>${of[tier].note}</small></td>`)}</tr>
`,
)}</tbody>
</table>`

const ownText = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
