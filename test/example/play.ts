import { KeeperError } from '#core/error.ts'
import type { Report } from '../../src/backtest/report.ts'
import { command } from '../cli/command.ts'
import type { Built } from './build.ts'
import { figuresOf } from './figures-of.ts'

/** The recording played offline by the verb, its report written. @throws `bad-record`: it could not be. */
export async function play({ config, tape }: Built, out: string): Promise<ReturnType<typeof figuresOf>> {
  const args = ['backtest', '--config', config, '--recording', tape, '--lanes', '4', '--html', out, '--json']
  const ended = await command(args)
  if (ended.code !== 0) throw new KeeperError('bad-record', ended.said)
  return figuresOf(JSON.parse(ended.out) as Report)
}
