import { readFileSync } from 'node:fs'

export type PageFile = { readonly type: string; readonly body: Buffer }

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Everything that is served as a file, by its path: whatever is not named here is not there. */
const names: Readonly<Record<string, string>> = {
  '/console': 'index.html',
  ...Object.fromEntries(
    [
      ...['page.css', 'mark.svg', 'main.js', 'wire.js', 'dom.js', 'amounts.js', 'axis.js', 'near.js'],
      ...['story.js', 'chart.js', 'sum.js', 'guards.js', 'what-if.js', 'theme.js'],
    ].map((name) => [`/console/${name}`, name]),
  ),
}

/** Read once, at the start. */
export const pageFiles = (): ReadonlyMap<string, PageFile> =>
  new Map(
    Object.entries(names).map(([path, name]) => [
      path,
      { type: types[name.split('.').at(-1) ?? ''] ?? '', body: readFileSync(new URL(`page/${name}`, import.meta.url)) },
    ]),
  )
