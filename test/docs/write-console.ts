import { mkdirSync, statSync } from 'node:fs'
import { crashScript } from '../../sandbox/crash.ts'
import { families } from '../../src/cli/demo/families.ts'
import { browse, look, until } from '../browser.ts'
import { watched } from '../console/rig.ts'
import { rig, type Symbol as TokenName } from '../keeper/rig.ts'

/** Draws the pictures of the console that the README shows: a real keeper on the sandbox, in the middle of its crash. */
const folder = process.argv[2] ?? 'docs'
const steps = 4
const sizes = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } }
const bytesMost = 200_000

mkdirSync(folder, { recursive: true })
const world = await rig({ borrowers: 'full', protocols: await families(), traffic: true })
const { config } = await world.configure()
const one = await watched(world, config)
const browser = await browse()
const url = `${one.origin}/console#${one.token}`
const { page, complaints } = await look(browser, url, { viewport: sizes.wide, deviceScaleFactor: 1 })
await one.keeper.block()
for (const { prices } of crashScript(1).slice(0, steps)) {
  await world.sandbox.movePools(prices)
  for (const [symbol, usd] of Object.entries(prices) as [TokenName, bigint][]) await world.sandbox.setPrice(symbol, usd)
  for (let blocks = 0; blocks < 2; blocks += 1) await one.keeper.block()
}
const head = String(one.keeper.keeper.head()?.block.number)
await until(page, `document.getElementById('near').dataset.block === '${head}'`)
await until(page, "document.getElementById('what-if-figures').children.length > 0")
await page.locator('#what-if-share').fill('-18')
await page.waitForTimeout(2_500)
for (const scheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  for (const [name, size] of Object.entries(sizes)) {
    await page.setViewportSize(size)
    await page.evaluate('scrollTo(0, 0)')
    await page.waitForTimeout(300)
    const path = `${folder}/console-${scheme}${name === 'wide' ? '' : '-narrow'}.png`
    if (name === 'narrow' && process.argv[2] === undefined) continue
    await page.screenshot({ path, fullPage: name === 'narrow' })
    if (name === 'wide' && statSync(path).size > bytesMost) throw new Error(`${path} is larger than ${bytesMost} bytes`)
  }
}
for (const line of complaints) process.stderr.write(`${line}\n`)
await browser.close()
await one.stop()
await world.end()
