import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { htmlOf } from '../../src/report/html-of.ts'
import { browse, type Looked, look } from '../browser.ts'
import { madeReport } from './made-report.ts'

const before = `"'><script>document.title='owned'</script><img src=https://evil.example/x onerror="document.title='owned'">`

describe('a report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-report-'))
  let browser: Browser
  let looked: Looked
  beforeAll(async () => {
    const path = join(folder, 'report.html')
    writeFileSync(path, await htmlOf(madeReport({ liquidations: 60, before })))
    browser = await browse()
    looked = await look(browser, pathToFileURL(path).href)
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('opens offline, runs nothing of a chain’s, and is searched, ordered and unfolded', async () => {
    const { page, asked, complaints } = looked
    const run = <T>(expression: string): Promise<T> => page.evaluate<T>(expression)
    expect(await run('document.title')).toBe('Backtest of blocks 990 to 1420 of chain 1')
    expect(asked.length).toBe(1)
    expect(complaints).toEqual([])

    const rows = (): Promise<number> =>
      run(`[...document.querySelectorAll('#liquidations tbody[id]')].filter((row) => !row.hidden).length`)
    expect(await rows()).toBe(60)
    await run(`(() => {
      const choice = document.querySelector('#liquidations select')
      choice.value = 'outbid'
      choice.dispatchEvent(new Event('change'))
    })()`)
    const outbid = await rows()
    expect(outbid).toBeGreaterThan(0)
    expect(outbid).toBeLessThan(60)

    const bids = (): Promise<string[]> =>
      run(
        `[...document.querySelectorAll('#liquidations tbody[id]')].map((row) => row.rows[0].cells[7].querySelector('data').value)`,
      )
    const sorted = [...(await bids())].sort((a, b) => Number(BigInt(a) - BigInt(b)))
    const click = `[...document.querySelectorAll('#liquidations thead button')].find((one) => one.textContent === 'their bid').click()`
    await run(click)
    expect(await bids()).toEqual(sorted)
    await run(click)
    expect(await bids()).toEqual(sorted.reverse())
    expect(await run(`document.querySelector('#liquidations th[aria-sort]').getAttribute('aria-sort')`)).toBe(
      'descending',
    )

    await run(`document.querySelector('#acts summary').focus()`)
    await page.keyboard.press('Enter')
    expect(await run(`document.querySelector('#acts details').open`)).toBe(true)
  })
})
