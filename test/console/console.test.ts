import { existsSync } from 'node:fs'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browse, type Looked, look, until } from '../browser.ts'
import { type Rig, rig } from '../keeper/rig.ts'
import { type Watched, watched } from './rig.ts'

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] }

/** What axe finds wrong with a page as it stands, in words. */
async function wrongWith(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as { readonly violations: readonly Violation[] }
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe('the console in a browser', () => {
  let world: Rig
  let one: Watched
  let browser: Browser
  let looked: Looked
  let page: Page
  const reloads: string[] = []
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    const { config } = await world.configure()
    const reload = async () => {
      reloads.push('asked')
      return ['guards.dailyLossWei: 1 ether']
    }
    one = await watched(world, config, { reload })
    browser = await browse()
    looked = await look(browser, `${one.origin}/console#${one.token}`)
    page = looked.page
  })
  afterAll(async () => {
    await browser?.close()
    await one?.stop()
    await world?.end()
  })

  const text = (id: string): Promise<string | null> => page.locator(`#${id}`).textContent()
  const rows = (id: string): Promise<number> => page.locator(`#${id} tbody tr[data-key]`).count()
  const surveyed = (block: number): Promise<void> =>
    until(page, `document.getElementById('near').dataset.block === '${block}'`)

  it('takes the token out of the address, and shows the head, who is nearest, and at which price each falls', async () => {
    await surveyed(await one.keeper.block())
    expect(page.url()).toBe(`${one.origin}/console`)
    expect(await text('head-number')).toBe(String(one.keeper.keeper.head()?.block.number))
    expect(await text('state-text')).toBe('sees')
    expect(await rows('near')).toBeGreaterThan(5)
    const healths = await page.locator('#near tbody td:nth-child(3)').allInnerTexts()
    expect(healths.filter((one) => one !== '–').map(Number)).toEqual(
      healths
        .filter((one) => one !== '–')
        .map(Number)
        .sort((a, b) => a - b),
    )
    expect(await page.locator('#axis .tick').count()).toBeGreaterThan(2)
    expect(await page.locator('#axis').getAttribute('aria-label')).toMatch(/positions fall where W/)
  })

  it('says what a fall of ether would bring, as the slider moves', async () => {
    await page.locator('#what-if-share').fill('-30')
    const settled = `(() => {
      const figures = document.getElementById('what-if-figures')
      return figures.children.length > 0 && figures.getAttribute('aria-busy') === null &&
        document.getElementById('what-if-move').textContent.includes('30')
    })()`
    await until(page, settled)
    expect(await text('what-if-move')).toBe('ETH −30 %')
    expect(await rows('fallen')).toBeGreaterThan(2)
    const figures = await page.locator('#what-if-figures dd').allInnerTexts()
    expect(Number(figures[0])).toBeGreaterThan(2)
    expect(Number(figures[3])).toBeGreaterThan(0)
    // It was only thought of.
    expect(one.keeper.intents()).toEqual([])
  })

  it('follows opportunities from seen to included while the price falls, and adds up the profit', async () => {
    await world.price('WETH', 2_600)
    for (let blocks = 0; blocks < 4; blocks += 1) await surveyed(await one.keeper.block())
    const included = one.keeper.attempts().filter(({ status }) => status === 'included')
    expect(included.length).toBeGreaterThan(0)
    await until(page, `document.querySelectorAll('#sent .good').length >= ${included.length}`)
    const counts = (await page.locator('#funnel b').allInnerTexts()).map(Number)
    expect(counts).toEqual([...counts].sort((a, b) => b - a))
    expect(counts[3]).toBeGreaterThan(0)
    expect(await text('profit-sum')).toMatch(/^\+0\.\d+ ether net of \d+ plans?/)
    expect(await page.locator('#profit-chart path').count()).toBe(2)
  })

  it('opens a verdict’s whole sum on a click, to the wei as the journal has it', async () => {
    const row = page.locator('#verdicts tbody tr', { has: page.locator('.steps[data-stage="included"]') }).first()
    await row.locator('button').click()
    const net = await page.locator('#sheet [data-term="net"] .id').textContent()
    const sums = one.keeper.journal
      .select({ streams: ['verdict'] })
      .flatMap(({ record }) => (record.plan === null ? [] : [(record.plan as { sum: Record<string, bigint> }).sum]))
    const sum = sums.find((terms) => String(terms.net) === net)
    expect(sum).toBeDefined()
    for (const term of ['swapOut', 'repay', 'flashFee', 'gas', 'tip'])
      expect(await page.locator(`#sheet [data-term="${term}"] .id`).textContent()).toBe(String(sum?.[term]))
    await page.keyboard.press('Escape')
    await page.locator('#near tbody button').first().press('Enter')
    await until(page, `document.getElementById('sheet-head').textContent === 'Position in aave-v3'`)
    expect(await text('sheet-body')).toMatch(/healthFactor/)
    await page.keyboard.press('Escape')
  })

  it('stops sending for a reason, by the keyboard alone, and lets it go on; both are in the journal', async () => {
    await page.locator('#stop').press('Enter')
    await page.keyboard.type('odd prices')
    await page.keyboard.press('Enter')
    await page.locator('[data-guard="kill"]').waitFor()
    expect(existsSync(one.keeper.config.guards.killFile)).toBe(true)
    const before = world.sandbox.sends()
    await world.price('WETH', 2_200)
    await one.keeper.block()
    await one.keeper.block()
    expect(world.sandbox.sends()).toBe(before)
    await page.locator('[data-guard="kill"] button').click()
    await page.locator('#act-reason').fill('prices are real')
    await page.locator('#act-yes').click()
    await page.locator('#no-guards').waitFor()
    expect(existsSync(one.keeper.config.guards.killFile)).toBe(false)
    const records = one.keeper.journal.select({ streams: ['operator'] }).map(({ record }) => record)
    expect(records).toMatchObject([
      { did: 'open', what: 'kill', reason: 'odd prices', from: 'console' },
      { did: 'close', what: 'kill', reason: 'prices are real', from: 'console' },
    ])
  })

  it('has the configuration read again, and says what changed', async () => {
    await page.locator('#reload').click()
    await page.locator('#act-reason').fill('a higher limit')
    await page.locator('#act-yes').click()
    await page.getByText('guards.dailyLossWei: 1 ether').waitFor()
    expect(reloads).toEqual(['asked'])
    await page.locator('#act-no').click()
  })

  it('has nothing axe objects to: dark and light, wide and narrow, with a form open and without', {
    timeout: 180_000,
  }, async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const viewport of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport)
        expect(await wrongWith(page), `${colorScheme}, ${viewport.width} wide`).toEqual([])
        const width = (await page.evaluate('document.documentElement.scrollWidth')) as number
        expect(width, 'nothing is wider than the page').toBeLessThanOrEqual(viewport.width)
      }
      await page.locator('#stop').click()
      expect(await wrongWith(page), `${colorScheme}, a form open`).toEqual([])
      await page.locator('#act-no').click()
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('keeps the theme that somebody chose', async () => {
    const ground = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await ground()
    await page.locator('#theme').click()
    await page.locator('#theme').click()
    expect(await text('theme')).toBe('Theme: dark')
    expect(await ground()).not.toBe(light)
    await page.reload()
    expect(await text('theme')).toBe('Theme: dark')
    await surveyed(await one.keeper.block())
  })

  it('complains of nothing, and asks nobody but the keeper', () => {
    expect(looked.complaints).toEqual([])
    expect(looked.asked.length).toBeGreaterThan(20)
    expect(looked.asked.filter((url) => !url.startsWith(`${one.origin}/`))).toEqual([])
    expect(one.keeper.faults).toEqual([])
  })
})
