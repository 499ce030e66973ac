import { CommanderError } from 'commander'
import { isKeeperError } from '#core/error.ts'
import type { Context } from './context.ts'
import { exitCodeOf, exitCodes } from './exit-code.ts'
import { createProgram } from './program.ts'

/** Runs one verb; never throws. @returns the exit code. */
export async function main(args: readonly string[], context: Context): Promise<number> {
  let code: number = exitCodes.done
  const program = createProgram(context, (ended) => {
    code = ended
  })
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true })
      return exitCodes.wrongUse
    }
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // Commander has said already what was wrong; help and version are no mistakes.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUse
    if (isKeeperError(error)) context.say(`plimsoll: ${error.message}\n`)
    else
      context.say(
        `plimsoll: a bug, please report it: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`,
      )
    return exitCodeOf(error)
  }
}
