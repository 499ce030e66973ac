import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/backtest/report.ts'
import { ether } from '../../src/report/amounts.ts'
import { htmlOf } from '../../src/report/html-of.ts'
import { markdownOf } from '../../src/report/markdown-of.ts'
import { madeReport, madeSweep } from './made-report.ts'
import { bare, strangersIn, tagsOf } from './page-tags.ts'

/** What somebody would put in a name to be more than a name. */
const attack = `"'><script>document.title='owned'</script><img src=https://evil.example/x onerror=alert(1)></style>\u202e|\`[x](javascript:x)`

describe('a report as a page', () => {
  const report = madeReport({ liquidations: 60 })
  const { committed, hinted } = report.tiers
  let page = ''
  beforeAll(async () => {
    page = await htmlOf(report, madeSweep())
  })
  const section = (id: string): string => new RegExp(`<section id="${id}".*?</section>`, 's').exec(page)?.[0] ?? ''

  it('answers in one sentence, with figures of both tiers', () => {
    const answer = /<p class="answer">([^<]*)<\/p>/.exec(page)?.[1] ?? ''
    const count = (result: string, tier: typeof committed): number =>
      tier.liquidations.filter((row) => row.result === result).length
    expect(count('captured', committed)).toBeGreaterThan(5)
    for (const tier of [committed, hinted]) {
      expect(answer).toContain(` ${count('captured', tier)} (`)
      expect(answer).toContain(`${ether(tier.net)}`)
      const there = count('captured', tier) + count('missed', tier)
      expect(page).toContain(`<strong>${count('captured', tier)} of ${there}</strong>`)
      expect(page).toContain(`<strong>${ether(tier.net)}</strong>`)
    }
    expect(page).toContain('<strong>81.25 %</strong>')
  })

  it('gives every liquidation and every act a row, with its whole sum or the way to it', () => {
    const rows = section('liquidations').match(/<tbody id="liquidation-\d+"/g) ?? []
    expect(rows.length).toBe(60)
    for (const { transactionHash, winner } of committed.liquidations) {
      expect(section('liquidations')).toContain(transactionHash)
      expect(section('liquidations')).toContain(winner.from)
    }
    const tried = new Set([...committed.acts, ...hinted.acts].map((act) => `${act.block}${act.behind.join()}`))
    expect(section('acts').match(/<tbody data-kinds/g)?.length).toBe(tried.size)
    const links = [...section('acts').matchAll(/href="#([a-z0-9-]+)"/g)].map(([, id]) => id)
    expect(links.length).toBeGreaterThan(5)
    for (const id of links) expect(page).toContain(` id="${id}"`)
  })

  it('adds up: rows of a table come to its last line', () => {
    const tables = [...page.matchAll(/<table>[\s\S]*?<\/table>/g)].map(([table]) => table)
    const whole = (text: string): readonly (readonly bigint[])[] =>
      text
        .split('<tr>')
        .slice(1)
        .map((row) =>
          row
            .split(/<t[dh] class="n">|<t[dh] scope="row" class="n">/)
            .slice(1)
            .map((cell) => {
              const shown = cell.replace(/<[^>]*>|[\s,]/g, '')
              const exact = /<data value="(-?\d+)"/.exec(cell)?.[1] ?? shown.replace('.', '')
              return BigInt(shown === '0' ? 0 : exact)
            }),
        )
    const summed = tables.filter((table) => table.includes('<tfoot>'))
    expect(summed.length).toBeGreaterThan(40)
    for (const table of summed) {
      const [body = '', foot = ''] = table.slice(table.indexOf('<tbody>')).split('<tfoot>')
      const sums = whole(body).reduce<readonly bigint[]>(
        (all, row) => row.map((cell, at) => cell + (all[at] ?? 0n)),
        [],
      )
      expect(sums, table.slice(0, 200)).toEqual(whole(foot)[0])
    }
  })

  it('asks for nothing from anywhere, and lets nothing else run', () => {
    expect(page).not.toMatch(/https?:|url\(|@import|\ssrc=|<link|<iframe|<object/i)
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? ''
    expect(policy).toMatch(/^default-src 'none';/)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    for (const name of ['style', 'script']) {
      const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(page)?.[1] ?? ''
      expect(policy).toContain(`${name}-src 'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    }
  })

  it('can be heard: captions, heads, names of plots and landmarks', () => {
    const tags = tagsOf(bare(page).text)
    const some = (name: string) => tags.filter((tag) => tag.name === name && tag.attributes.size >= 0)
    expect(page.match(/<table[ >]/g)?.length).toBe(page.match(/<caption>/g)?.length)
    for (const { attributes } of some('th'))
      if (attributes.size > 0) expect(['col', 'row']).toContain(attributes.get('scope'))
    const plots = some('svg').filter(({ attributes }) => attributes.size > 0)
    expect(plots.length).toBe(11)
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(new Set(ids).size, 'an id is given twice').toBe(ids.length)
    for (const { attributes } of plots) {
      expect(attributes.get('role')).toBe('img')
      for (const id of attributes.get('aria-labelledby')?.split(' ') ?? ['']) expect(ids).toContain(id)
    }
    for (const landmark of ['<header>', '<nav aria-label=', '<main id=', '<footer>', 'lang="en"'])
      expect(page).toContain(landmark)
  })

  it('is the same page for the same report', async () => {
    expect(await htmlOf(report, madeSweep())).toBe(page)
  })

  it('has a script that is one', () => {
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? 'not there('
    expect(() => new Function(script)).not.toThrow()
  })

  it('takes whatever a chain calls itself for text', async () => {
    expect(strangersIn(page)).toEqual([])
    const attacked = await htmlOf(madeReport({ liquidations: 12, before: attack }), madeSweep(attack))
    expect(attacked.split('document.title').length).toBeGreaterThan(200)
    expect(strangersIn(attacked)).toEqual([])
    expect(attacked).not.toContain('\u202e')
    expect(attacked).toContain('\\u{202e}')
  }, 60_000)

  it('would be caught where it took one for more than text', () => {
    for (const planted of [
      attack,
      '<script>x</script>',
      '<b onclick="x">',
      '<a href="javascript:x">',
      '<p style="x">',
      'a < b',
    ]) {
      const broken = page.replace('<h2 id="acts-head">', (head) => `${planted}${head}`)
      expect(strangersIn(broken), planted).not.toEqual([])
    }
  })

  it('draws a report in which nothing happened', async () => {
    const empty = await htmlOf(madeReport({ liquidations: 0 }))
    expect(empty).toContain('Nobody else liquidated anything there')
    expect(strangersIn(empty)).toEqual([])
    expect(bare(empty).text).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('refuses tiers that are not of the same liquidations', async () => {
    const [, ...fewer] = hinted.liquidations
    const unlike: Report = { ...report, tiers: { committed, hinted: { ...hinted, liquidations: fewer } } }
    await expect(htmlOf(unlike)).rejects.toMatchObject({ code: 'bad-argument' })
  })

  it('holds a thousand liquidations in a few megabytes', async () => {
    const began = performance.now()
    const large = await htmlOf(madeReport({ liquidations: 1_000 }))
    process.stdout.write(
      `1,000 liquidations: ${(large.length / 1e6).toFixed(1)} MB in ${Math.round(performance.now() - began)} ms\n`,
    )
    expect(large.length).toBeLessThan(6_500_000)
  }, 120_000)
})

describe('a report as Markdown', () => {
  it('says the same in the same words', async () => {
    const report = madeReport({ liquidations: 60 })
    const [text, page] = [markdownOf(report, madeSweep()), await htmlOf(report, madeSweep())]
    const answer = /<p class="answer">([^<]*)<\/p>/.exec(page)?.[1] ?? ''
    expect(text).toContain(answer)
    for (const [, title = ''] of page.matchAll(/<h2 id="(?!capture)[^"]*">([^<]*)</g))
      expect(text).toContain(`## ${title}`)
  })

  it('takes whatever a chain calls itself for text', () => {
    const text = markdownOf(madeReport({ liquidations: 12, before: attack }), madeSweep(attack))
    const outside = text.replace(/`[^`\n]*`/g, '')
    expect(outside).not.toMatch(/<script|<img|<\/style|\u202e/)
    expect(outside).not.toMatch(/(?<!\\)\[x(?<!\\)\]\(/)
    for (const table of text.matchAll(/^\| .*\n\| [-:| ]+ \|\n(?:\|.*\n)*/gm)) {
      const columns = table[0]
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replaceAll('\\|', '').split('|').length)
      expect(new Set(columns).size, table[0].slice(0, 300)).toBe(1)
    }
  })
})
