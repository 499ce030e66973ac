import { writeFileSync } from 'node:fs'
import { KeeperError } from '#core/error.ts'
import type { Report } from '../backtest/report.ts'
import type { Sweep } from '../backtest/walk-forward.ts'
import type { Context } from './context.ts'

/** What draws plots is loaded where a report is wanted alone. @throws `store-failed` where the file cannot be written. */
export async function writeReport(
  report: Report,
  sweep: Sweep | null,
  { html, markdown }: { readonly html?: string; readonly markdown?: string },
  say: Context['say'],
): Promise<void> {
  const write = (path: string, text: string): void => {
    try {
      writeFileSync(path, text)
    } catch (error) {
      throw new KeeperError('store-failed', `${path} cannot be written: ${(error as Error).message}`, { cause: error })
    }
    say(`${path} is written\n`)
  }
  if (html !== undefined) write(html, await (await import('../report/html-of.ts')).htmlOf(report, sweep))
  if (markdown !== undefined) write(markdown, (await import('../report/markdown-of.ts')).markdownOf(report, sweep))
}
