import { seen } from './seen.ts'

/** Text of a page that is markup already: made by `html` alone, never from anything read. */
export type Markup = { readonly markup: string }
export type Part = string | number | Markup | null | readonly Part[]

/** A page's text; whatever is put in that is not markup itself stands there as plain text. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: texts.map((text, at) => text + textOf(parts[at] ?? null)).join(''),
})

/** Only for what this project wrote itself: styles, scripts, plots. */
export const raw = (markup: string): Markup => ({ markup })

function textOf(part: Part): string {
  if (part === null) return ''
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  return 'markup' in part ? part.markup : part.map(textOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
}
const escaped = (text: string): string => seen(text).replace(/[&<>"']/g, (one) => entities[one] ?? '')
