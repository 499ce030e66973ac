import type { Alert } from '../alerts/alert.ts'
import { createFacts, type Facts } from '../alerts/facts.ts'
import { createNotifier } from '../alerts/notifier.ts'
import { createRaised } from '../alerts/raised.ts'
import type { Config } from '../config/config.ts'
import type { Observe } from '../observe/observe.ts'
import { channelsOf } from './channels-of.ts'

type Alerting = { readonly observe: Observe; readonly close: () => Promise<void> }

const everyMs = 1_000
/** Messages that wait at the end are given so long. */
const graceMs = 5_000

/**
 * The built-in notifier, for operators without Alertmanager: hears what the observer is told, and tells people by the
 * channels of the configuration. Without one it is the observer itself. `mask`: takes secrets out of what is told.
 */
export function alerting(observe: Observe, config: Config, mask: (text: string) => string): Alerting {
  const channels = channelsOf(config)
  if (channels.length === 0) return { observe, close: async () => undefined }
  const { perMinute, repeatHours } = config.alerts
  observe.notifying(channels.map(({ name }) => name))
  const facts = createFacts(Date.now)
  const raised = createRaised(repeatHours * 3_600_000)
  const untaken = (alert: Alert): void => raised.untaken(alert, Date.now())
  const notifier = createNotifier({ channels, perMinute, mask, untaken, told: observe.notified })
  const look = (): void => {
    for (const alert of raised.look(facts.conditions(observe.health().blind), Date.now())) notifier.tell(alert)
  }
  const timer = setInterval(look, everyMs)
  return {
    observe: { ...observe, ...heard(observe, facts) },
    close: async () => {
      clearInterval(timer)
      await notifier.close(graceMs)
    },
  }
}

/** Each is told to the observer as before, and to the facts. */
const heard = (observe: Observe, facts: Facts): Partial<Observe> => ({
  ...heardOfChain(observe, facts),
  ...heardOfPlans(observe, facts),
  lease: (news) => {
    observe.lease(news)
    if (news.kind === 'failing') facts.lease(news.error.message)
    // One that is lost says nothing of the database; the word of it that follows does.
    else if (news.kind !== 'lost') facts.lease(null)
  },
  guard: (what) => {
    observe.guard(what)
    facts.guard(what.name, what.isOpen, what.detail)
  },
  guardUse: (used) => {
    observe.guardUse(used)
    facts.guardUse(used)
  },
  laneFunding: (what) => {
    observe.laneFunding(what)
    facts.lane(what.lane, what.highestAffordableBaseFee)
  },
  executor: (checks) => {
    observe.executor(checks)
    facts.executor(checks)
  },
  storeFault: (error) => {
    observe.storeFault(error)
    facts.event('PlimsollJournalFailing', '', 'the journal takes no records', error.message)
  },
})

const heardOfChain = (observe: Observe, facts: Facts): Partial<Observe> => ({
  starting: (what) => {
    observe.starting(what)
    facts.starting(what.blockSeconds)
  },
  synced: (what) => {
    observe.synced(what)
    facts.synced()
  },
  input: (kind) => {
    observe.input(kind)
    if (kind === 'pending') facts.pending()
  },
  head: (what) => {
    observe.head(what)
    facts.head(what.lagSeconds, what.baseFee)
  },
  rpcFault: (error) => {
    observe.rpcFault(error)
    facts.rpcFault()
  },
  quarantined: (what) => {
    observe.quarantined(what)
    const { strategy, position, why } = what
    facts.event('PlimsollQuarantined', strategy, `figures of ${strategy} differ`, `${position} is set aside: ${why}`)
  },
})

const heardOfPlans = (observe: Observe, facts: Facts): Partial<Observe> => ({
  attempt: (what) => {
    observe.attempt(what)
    facts.attempt(what.plan, what.status === 'sent' || what.status === 'unwound')
  },
  sent: (what) => {
    observe.sent(what)
    facts.offered(true)
  },
  sendRefused: (what) => {
    observe.sendRefused(what)
    facts.offered(false)
  },
  receipt: (receipt, under) => {
    observe.receipt(receipt, under)
    const { plan, status, actual } = receipt
    const seen = `plimsoll explain ${plan}`
    if (status === 'reverted')
      facts.event('PlimsollReverted', under.strategy, `a plan of ${under.strategy} reverted on the chain`, seen)
    if (actual.net < 0n) facts.event('PlimsollLoss', '', 'a plan ended with a loss', `${-actual.net} wei; ${seen}`)
  },
  compared: (what) => {
    observe.compared(what)
    if (what.result === 'inexact')
      facts.event('PlimsollInexact', '', 'the chain did not do what was foreseen', `plimsoll explain ${what.plan}`)
  },
  missed: (miss) => {
    observe.missed(miss)
    const { strategy, why, outcome } = miss
    if (why === 'overlooked' || why === 'judged-closed' || why === 'position-unknown')
      facts.event(
        'PlimsollOverlooked',
        `${strategy}/${why}`,
        `${strategy}: somebody liquidated what we did not see (${why})`,
        `plimsoll explain ${outcome.position}`,
      )
  },
})
