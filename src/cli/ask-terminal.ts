import { checkbox, input, password, select } from '@inquirer/prompts'
import { KeeperError } from '#core/error.ts'
import type { Ask, Choice } from './ask.ts'

/** Questions at a terminal; standard output is left to answers. Ctrl-C is `bad-argument`: nothing was done. */
export function askTerminal(output: NodeJS.WritableStream): Ask {
  const at = { output }
  return {
    text: async (message, usual, wrong) => {
      const usually = usual === '' ? {} : { default: usual }
      return (await answered(input({ message, ...usually, validate: toldBy(wrong) }, at))).trim()
    },
    one: (message, choices) => answered(select({ message, choices: [...choices] }, at)),
    some: <T>(message: string, choices: readonly Choice<T>[]) => {
      const all = choices.map((choice) => ({ ...choice, checked: true }))
      return answered(checkbox({ message, choices: all, required: true }, at))
    },
    secret: (message, wrong) => answered(password({ message, validate: toldBy(wrong) }, at)),
  }
}

const toldBy =
  (wrong: (answer: string) => string | null) =>
  (answer: string): true | string =>
    wrong(answer.trim()) ?? true

async function answered<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ExitPromptError') throw cause
    throw new KeeperError('bad-argument', 'ended before all was asked: nothing was written', { cause })
  }
}
