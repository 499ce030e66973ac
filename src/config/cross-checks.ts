import type { Config } from './config.ts'
import { placeOf } from './key-source.ts'
import type { Path } from './yaml-source.ts'

/** What no setting can see alone. */
export function crossChecks(config: Config, issue: (path: Path, what: string) => void): void {
  const { chain, executor, hubs, keys, submission, http } = config
  if (config.protocols.length === 0) issue(['protocols'], 'names none: write at least one, such as aave-v3: [mainnet]')
  if (config.flash.length === 0) issue(['flash'], 'names none: every repayment is borrowed, so write at least one')

  if (executor !== null) {
    if (executor.sink === executor.address)
      issue(['executor', 'sink'], 'is the executor itself: write who shall receive the profit')
    if (executor.sink === chain.wrappedNative)
      issue(['executor', 'sink'], 'is the wrapped native token: tokens sent to it are lost')
    if (executor.address === chain.wrappedNative)
      issue(['executor', 'address'], 'is the wrapped native token: write the address `plimsoll deploy` printed')
  }
  if (hubs.includes(chain.wrappedNative))
    issue(['hubs'], 'names the wrapped native token, which is always one: remove it')

  const relayPlace = keys.relay === null ? null : placeOf(keys.relay)
  if (keys.operators.some((one) => placeOf(one) === relayPlace))
    issue(['keys', 'relay'], 'is an operator too: relays see it often, so write a key of its own')

  const names = submission.relays.map((relay) => relay.url)
  names.forEach((url, index) => {
    if (names.indexOf(url) !== index) issue(['submission', 'relays', index], 'is written twice: remove one of them')
  })
  if (config.guards.killFile === config.journal.path)
    issue(['guards', 'killFile'], 'is the journal: write another path, or the keeper never sends')
  if ([config.guards.killFile, config.journal.path].some((path) => path === config.snapshot.path))
    issue(['snapshot', 'path'], 'is the journal or the kill file: write another path, or it is written over')
  if (http.host === '0.0.0.0' && submission.dryRun === false && http.port === 0)
    issue(['http', 'port'], 'is any free one on every interface: name the port that is meant to be open')
  const { telegramToken, telegramChat } = config.alerts
  if ((telegramToken === null) !== (telegramChat === null))
    issue(['alerts'], 'needs both telegramToken and telegramChat: write the other, or neither')
  if (!submission.dryRun) sendingChecks(config, issue)
}

/** A live run needs who sends, what it calls and where it goes. */
function sendingChecks({ executor, keys, submission }: Config, issue: (path: Path, what: string) => void): void {
  if (executor === null)
    issue(['executor'], 'is missing: a live run calls it, so run `plimsoll deploy` and write what it prints')
  if (keys.operators.length === 0)
    issue(['keys', 'operators'], 'names none: a live run needs a key that sends, or set submission.dryRun to true')
  if (submission.via !== 'public' && submission.relays.length === 0)
    issue(['submission', 'relays'], `names none: sending as a ${submission.via} needs one, such as - url: https://…`)
}
