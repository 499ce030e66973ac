import { Command } from 'commander'
import { addAlerts } from './alerts.ts'
import { addBacktest } from './backtest.ts'
import { addCalendar } from './calendar.ts'
import { addConfig } from './config-verb.ts'
import type { Context } from './context.ts'
import { addDemo } from './demo.ts'
import { addDeploy } from './deploy.ts'
import { addDoctor } from './doctor.ts'
import { exitCodeHelp } from './exit-code.ts'
import { addExplain } from './explain.ts'
import { addGuards } from './guards.ts'
import { addHistory } from './history.ts'
import { addInit } from './init.ts'
import { addMisses } from './misses.ts'
import { addRecord } from './record.ts'
import { addReplay } from './replay.ts'
import { addRun } from './run.ts'
import { addScan } from './scan.ts'
import { addStress } from './stress.ts'
import { addStudy } from './study.ts'
import { version } from './version.ts'
import { addWatch } from './watch.ts'
import { addWithdraw } from './withdraw.ts'

const help = `
Begin with:
  plimsoll demo                         a private chain, a market crash, real liquidations; no key, no node
  plimsoll init                         a few questions, and a configuration
  plimsoll doctor -c plimsoll.yaml      what is missing for a live run
  plimsoll run -c plimsoll.yaml         a dry run, until the file says otherwise

\`plimsoll help <verb>\` explains each with examples.
${exitCodeHelp}`

/** The command line. `end` is told the code to leave with, where it is not 0. */
export function createProgram(context: Context, end: (code: number) => void): Command {
  const program = new Command('plimsoll')
    .description('A liquidation keeper: watches on-chain loans for the line, and acts the moment one sinks below it.')
    .version(version)
    .addHelpText('after', help)
    .showSuggestionAfterError()
    .showHelpAfterError('`plimsoll help` lists the verbs, `plimsoll help <verb>` its flags and arguments.')
    .exitOverride()
    .configureOutput({ writeOut: context.out, writeErr: context.say })
  addDemo(program, context, end)
  addInit(program, context)
  addRun(program, context)
  addScan(program, context)
  addStress(program, context, end)
  addWatch(program, context)
  addCalendar(program, context)
  addExplain(program, context)
  addHistory(program, context)
  addMisses(program, context)
  addRecord(program, context)
  addBacktest(program, context)
  addReplay(program, context, end)
  addStudy(program, context)
  addDoctor(program, context, end)
  addDeploy(program, context)
  addWithdraw(program, context)
  addGuards(program, context)
  addAlerts(program, context, end)
  addConfig(program, context)
  for (const verb of program.commands)
    verb
      .showHelpAfterError(`\`plimsoll help ${verb.name()}\` says how it is used.`)
      .exitOverride()
      .configureOutput({ writeOut: context.out, writeErr: context.say })
  return program
}
