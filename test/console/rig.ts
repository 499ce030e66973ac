import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import chromium from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core'
import { type OpenConsole, openConsole } from '../../src/cli/console/open-console.ts'
import type { Config } from '../../src/config/config.ts'
import type { KeeperEvents } from '../../src/engine/events.ts'
import type { Live, Rig } from '../keeper/rig.ts'

export type Watched = {
  readonly keeper: Live
  readonly console: OpenConsole
  readonly token: string
  /** `http://127.0.0.1:…` */
  readonly origin: string
  readonly stop: () => Promise<void>
}

/** A keeper on a rig's chain with its console on a port of its own. `begin`: between the start and the console. */
export async function watched(
  rig: Rig,
  config: Config,
  options: {
    readonly console?: Partial<Config['console']>
    readonly begin?: (keeper: Live) => void
    readonly reload?: () => Promise<readonly string[]>
    readonly also?: Partial<KeeperEvents>
  } = {},
): Promise<Watched> {
  const token = randomBytes(32).toString('base64url')
  // Not where every keeper that was started here would find it.
  const guards = { ...config.guards, killFile: join(rig.folder, 'plimsoll.kill') }
  const own = { ...config, guards, console: { ...config.console, port: 0, ...options.console } }
  let keeper: Live | null = null
  const unsynced = {
    kinds: { unsynced: true, 'no-head': false, 'node-failing': false },
    blind: ['starting'],
    unready: [],
  }
  const health = () => keeper?.observe.health() ?? unsynced
  const failures: unknown[] = []
  const window = await openConsole(own, token, { health, failed: (error) => failures.push(error) }, 'test')
  keeper = await rig.live(own, { ...window.also, ...options.also })
  options.begin?.(keeper)
  await window.attach(keeper, options.reload)
  const live = keeper
  return {
    keeper,
    console: window,
    token,
    origin: `http://127.0.0.1:${window.ownPort}`,
    stop: async () => {
      await window.close()
      await live.stop()
      if (failures.length > 0) throw failures[0]
    },
  }
}

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

/** A page that looks at a console, and all that it says and asks for. */
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
