import { resolve } from 'node:path'
import type { Command } from 'commander'
import { KeeperError } from '#core/error.ts'
import type { Context } from './context.ts'
import { checkConfiguration } from './init/check-configuration.ts'
import { composeText } from './init/compose-text.ts'
import { configurationText } from './init/configuration-text.ts'
import { environmentText } from './init/environment-text.ts'
import { gatherAnswers } from './init/gather-answers.ts'
import { newKey } from './init/new-key.ts'
import { nextSteps } from './init/next-steps.ts'
import type { InitOptions } from './init/options.ts'
import { refuseToOverwrite, writeFiles } from './init/write-files.ts'
import { toJson } from './json.ts'

const help = `
Asks a few questions, and writes plimsoll.yaml, .env and compose.yaml into a folder, for you alone to read. Nothing that is
there is overwritten, nothing is sent, and what it writes is a dry run. A flag answers its question; with --yes nobody is asked,
and what no flag answers is as usual: every preset whose contracts are on the chain, no key, no executor.

Where no preset knows the chain, --from names a file with chain, protocols, venues and flash written out: one that
\`plimsoll study --write\` proposed, or your own (docs/operating.md, Another chain).

Examples:
  plimsoll init                                                    asks
  plimsoll init --rpc wss://… --yes                                a dry run of all that is known there
  plimsoll init --rpc wss://… --key new --yes                      with an operator's key made now
  plimsoll init --rpc http://… --from study.yaml --key env:KEY --executor 0x… --via public --yes`

/** `plimsoll init` */
export function addInit(program: Command, context: Context): void {
  program
    .command('init')
    .description('write a configuration, by a few questions or by flags')
    .option('--rpc <url>', 'the node: ws, wss, http or https, or the path of its IPC socket')
    .option('--folder <path>', 'where the files are written', '.')
    .option('--from <file>', 'take chain and deployments from this file, rather than from presets')
    .option('--protocols <list>', 'of the presets found, such as aave-v3,morpho-blue:mainnet; all otherwise')
    .option('--key <source>', 'none, new, env:<NAME>, or the path of a keystore; the key that sends')
    .option('--password-file <file>', "of --key's keystore; asked for at each start otherwise")
    .option('--executor <address>', 'that `plimsoll deploy` put on the chain; its sink is read there')
    .option('--via <path>', 'how transactions leave: bundle, private or public')
    .option('--relays <list>', 'URLs of relays and builders that take bundles')
    .option('--minimum-net <amount>', 'what a liquidation must leave after gas and tip, such as "0.001 ether"')
    .option('--daily-loss <amount>', 'loss within 24 hours that stops sending where a revert costs')
    .option('--daily-gas <amount>', 'gas within 24 hours that stops sending where a revert costs')
    .option('--yes', 'ask nothing')
    .option('--json', 'one JSON object {folder, files, chainId, protocols, next}')
    .addHelpText('after', help)
    .action(async (options: InitOptions) => init(options, context))
}

async function init(options: InitOptions, context: Context): Promise<void> {
  const folder = resolve(options.folder)
  const isAsked = options.yes !== true
  if (isAsked && context.ask === undefined)
    throw new KeeperError('bad-argument', 'nobody is there to ask: give --yes, and flags for what you would answer')
  refuseToOverwrite(folder, options.key === 'new')
  const answers = await gatherAnswers(options, isAsked ? (context.ask ?? null) : null, context)
  const configuration = configurationText(answers, answers.key.kind === 'new')
  await checkConfiguration(configuration, answers.rpc, folder, context.env)
  const made = answers.key.kind === 'new' ? await newKey() : null
  const compose = composeText(answers.rpc, folder)
  const files = writeFiles(folder, {
    'plimsoll.yaml': configuration,
    '.env': environmentText(answers),
    ...(compose === null ? {} : { 'compose.yaml': compose }),
    ...(made?.files ?? {}),
  })
  const next = nextSteps(answers, made !== null, compose !== null)
  const { chainId, protocols } = answers
  if (options.json === true) {
    context.out(`${toJson({ folder, files, chainId, protocols, operator: made?.address ?? null, next }, 2)}\n`)
    return
  }
  context.say(`${files.map((file) => `wrote ${file}`).join('\n')}\n`)
  if (made !== null) context.say(`the operator is ${made.address}: send it ether before a live run\n`)
  context.out(`${next.map(({ command, why }) => `${command.padEnd(58)} ${why}`).join('\n')}\n`)
}
