import { setTimeout as sleep } from 'node:timers/promises'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core'

/**
 * A browser that npm brings; the same on every machine. None of the flags it suggests: with those no page is kept from
 * another, which is what is tested here.
 */
export async function browse(): Promise<Browser> {
  const executablePath = await chromium.executablePath()
  return playwright.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], headless: true })
}

/** Until an expression holds in the page. Asked from outside: the page itself evaluates no text. */
export async function until(page: Page, expression: string, patienceMs = 40_000): Promise<void> {
  for (const end = Date.now() + patienceMs; (await page.evaluate(expression)) !== true; ) {
    if (Date.now() > end) throw new Error(`never in ${patienceMs} ms: ${expression}`)
    await sleep(20)
  }
}

export type Looked = {
  readonly page: Page
  /** What its console said, and what it failed in. */
  readonly complaints: string[]
  /** Where it asked. */
  readonly asked: string[]
}

/** A page, and all that it says and asks for. */
export async function look(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Looked> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(url)
  return { page, complaints, asked }
}
