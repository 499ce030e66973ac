import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { type Change, changesBetween, withHot } from '../config/changes.ts'
import type { Config } from '../config/config.ts'
import { type Policy, policyCommand } from '../engine/policy.ts'
import type { Limits } from '../guards/guards.ts'
import type { Observe } from '../observe/observe.ts'

/** `changed` is in force from the next scene on; `waiting` needs a new start. */
export type Reloaded = { readonly changed: readonly Change[]; readonly waiting: readonly Change[] }
/** @throws `bad-config` with every mistake: then nothing has changed. */
export type Reload = () => Promise<Reloaded>

export type ReloadParts = {
  readonly config: Config
  /** As a start would read it. @throws `bad-config`. */
  readonly read: () => Promise<Config>
  readonly command: (body: Rec) => void
  readonly limit: (limits: Limits) => void
  readonly store: Pick<Store, 'append'>
  readonly observe: Pick<Observe, 'reloaded' | 'warning' | 'failed'>
}

/** Reads the configuration again, and puts in force what may change while a keeper runs; validated as a whole first. */
export function createReload(parts: ReloadParts): Reload {
  const { read, command, limit, store, observe } = parts
  let current = parts.config
  return async () => {
    const next = await refusing(read, observe)
    const all = changesBetween(current, next)
    const [changed, waiting] = [all.filter(({ isHot }) => isHot), all.filter(({ isHot }) => !isHot)]
    if (changed.length > 0) {
      current = withHot(current, next)
      limit(current.guards)
      command(policyCommand(policyOf(current)))
      // Who stands by has changed as well, and leaves the word to who leads.
      store
        .append('reload', { changed: changed.map(({ name, from, to }) => ({ name, from, to })) })
        .catch(observe.failed)
    }
    observe.reloaded({ changed, waiting: waiting.map(({ name }) => name) })
    return { changed, waiting }
  }
}

async function refusing(read: ReloadParts['read'], observe: ReloadParts['observe']): Promise<Config> {
  try {
    return await read()
  } catch (error) {
    observe.warning(`the configuration is not read again, nothing has changed:\n${(error as Error).message}`)
    throw error
  }
}

const policyOf = ({ submission, drift }: Config): Policy => ({
  tipShareBps: submission.tipShareBps,
  minimumNet: submission.minimumNetWei,
  simulates: submission.simulate,
  lateMs: submission.lateMs,
  care: { driftEveryBlocks: drift.everyBlocks, driftSample: drift.sample },
})
