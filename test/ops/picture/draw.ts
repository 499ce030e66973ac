import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { root } from '../../walls/source-files.ts'
import type { Figures } from './figures.ts'

const origin = 'http://dashboard.invalid'
const html = `<!doctype html><html lang="en"><link rel="stylesheet" href="/page.css">
<body style="margin:0"><div id="root"></div><script type="module" src="/page.js"></script>`

/** The page's code and its styles, a file each: what is drawn here, with Grafana's components and React. */
export function bundle(modules: string): void {
  const how = ['--bundle', '--format=esm', '--jsx=automatic', '--loader:.ttf=empty']
  execFileSync(
    process.execPath,
    [
      join(modules, 'esbuild', 'bin', 'esbuild'),
      join(root, 'test', 'ops', 'picture', 'page.jsx'),
      ...how,
      '--define:process.env.NODE_ENV="production"',
      '--log-level=error',
      `--outfile=${join(modules, '..', 'page.js')}`,
    ],
    { env: { ...process.env, NODE_PATH: modules }, stdio: 'inherit' },
  )
}

/** Draws one dashboard into a file of PNG. Nothing is asked of any network. */
export async function draw(page: Page, modules: string, figures: Figures, path: string): Promise<void> {
  await page.unrouteAll()
  await page.route(`${origin}/**`, (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html })
    if (pathname === '/figures.json')
      return route.fulfill({ contentType: 'application/json', body: JSON.stringify(figures, written) })
    const file = fileOf(modules, pathname)
    return existsSync(file) ? route.fulfill({ path: file }) : route.abort()
  })
  await page.goto(origin)
  await page.waitForFunction('document.querySelectorAll("canvas").length > 0')
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(500)
  await page.screenshot({ path, fullPage: true })
}

/** The page's code, and Grafana's icons and font where its components look for them. */
function fileOf(modules: string, pathname: string): string {
  if (pathname === '/page.js' || pathname === '/page.css') return join(modules, '..', pathname)
  const weight = fonts[pathname.split('/').at(-1) ?? '']
  if (weight !== undefined) return join(modules, '@fontsource', 'inter', 'files', `inter-latin-${weight}-normal.woff2`)
  return join(modules, '@grafana', 'ui', 'dist', pathname.replace('/public/build/', '/public/'))
}

const fonts: Readonly<Record<string, number>> = { 'Inter-Regular.woff2': 400, 'Inter-Medium.woff2': 500 }

/** JSON has no word for what is no number, and Prometheus has. */
const written = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
