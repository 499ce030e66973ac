import { setTimeout as sleep } from 'node:timers/promises'
import type { Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import { GivenHeads, type GivenOptions } from './given-heads.ts'
import { passes } from './heads.ts'
import { blockIn, pathTo } from './path-to.ts'
import { createPushedLogs } from './pushed-logs.ts'
import type { SocketRpc } from './socket-rpc.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'
import { blockOf, type RawBlock } from './view.ts'

export type SubscribedOptions = Omit<GivenOptions, 'rpc' | 'onFilters'> & {
  readonly rpc: SocketRpc
  /** Without a block for so long the connection is held to be dead, whatever it says. */
  readonly silentMs: number
  /** Told before each head how many newer ones are known already. */
  readonly onAhead: (count: number) => void
  /** The node has no subscriptions: it must be polled. */
  readonly onUnsupported: (error: KeeperError) => void
}

const firstWaitMs = 100
const longestWaitMs = 5_000

/**
 * As `followHeads`, told by the node: a head is given as soon as it is there, with the logs pushed for it by then. They
 * come before their head or behind it: anvil 1.7.1 does either, each log in a message of its own, and over TCP those
 * behind it up to 40 ms late, while its side waits for an acknowledgement. So what one turn of the loop brings is taken
 * together. A head whose bloom has room for what is watched, and for which nothing was pushed, waits for its first log
 * or for the node's own answer: to judge without them would be to judge another block.
 */
export class SubscribedHeads {
  readonly #options: SubscribedOptions
  readonly #pushed = createPushedLogs()
  readonly #given: GivenHeads
  readonly #subscriptions: Subscriptions
  readonly #watcher: { readonly stop: () => void }
  readonly #alarm: NodeJS.Timeout
  /** Heads that were told and not given yet, oldest first. */
  #arrived: RawBlock[] = []
  #isPlanned = false
  #isHealing = false
  #isStopped = false
  #heardAtMs = Date.now()
  /** The connection was given up because of its silence: a fault only if it kept something from us. */
  #silence: KeeperError | null = null
  #wake: { readonly hash: Hex; readonly resolve: () => void } | null = null

  constructor(options: SubscribedOptions) {
    const { rpc, silentMs, onFault, onBroken } = options
    this.#options = options
    const onFilters = (): void => {
      this.#subscriptions.renew(this.#given.watched()).catch((error: unknown) => {
        // What is not pushed is still asked for.
        if (!passes(error)) onBroken(error)
        else if (!this.#isStopped) onFault(error)
      })
    }
    this.#given = new GivenHeads({ ...options, onFilters }, this.#pushed)
    this.#subscriptions = createSubscriptions(rpc, {
      head: (raw) => this.#onHead(raw),
      log: (log) => {
        this.#pushed.add(log)
        this.#plan()
      },
    })
    this.#watcher = rpc.watch({
      opened: () => void this.#open().catch(onBroken),
      lost: (error) => {
        if (this.#silence === null) onFault(error)
      },
    })
    this.#alarm = setInterval(() => this.#listen(), Math.max(5, silentMs / 4))
  }

  stop(): void {
    this.#isStopped = true
    clearInterval(this.#alarm)
    this.#watcher.stop()
    this.#subscriptions.stop()
    this.#given.stop()
  }

  /** On a new connection: first what is pushed, then what was missed; so nothing lies between. */
  async #open(): Promise<void> {
    const { rpc, onFault, onUnsupported } = this.#options
    this.#heardAtMs = Date.now()
    try {
      await this.#subscriptions.begin(this.#given.watched())
      const latest = await this.#latest()
      if (this.#silence !== null && !this.#given.has(latest.hash)) onFault(this.#silence)
      this.#silence = null
      this.#onHead(latest)
    } catch (error) {
      if (this.#isStopped) return
      if (!passes(error)) throw error
      if (error.code === 'rpc-refused' && !error.retryable) return onUnsupported(error)
      onFault(error)
      await sleep(firstWaitMs * 10)
      // One that broke meanwhile opens by itself.
      if (!this.#isStopped && error.code !== 'rpc-unreachable') rpc.reopen(error.message)
    }
  }

  /** Pings may be answered by whatever stands between: only blocks show that the node is there. */
  #listen(): void {
    const { silentMs, rpc } = this.#options
    const silentForMs = Date.now() - this.#heardAtMs
    if (silentForMs < silentMs) return
    this.#heardAtMs = Date.now()
    const why = `it told of no block for ${(silentForMs / 1_000).toFixed(1)} s, so it was opened anew`
    this.#silence = new KeeperError('rpc-unreachable', `the node's connection kept silent: ${why}`, { retryable: true })
    rpc.reopen(why)
  }

  #onHead(raw: RawBlock): void {
    this.#heardAtMs = Date.now()
    this.#arrived.push(raw)
    this.#plan()
  }

  /** When all that has come by now was heard. */
  #plan(): void {
    if (this.#isPlanned || this.#isStopped) return
    this.#isPlanned = true
    setImmediate(() => {
      this.#isPlanned = false
      if (!this.#isStopped) this.#drain()
    })
  }

  #drain(): void {
    this.#given.addLate(this.#pushed.touched())
    if (this.#wake !== null && this.#pushed.count(this.#wake.hash) > 0) this.#wake.resolve()
    if (this.#isHealing) return
    for (let raw = this.#arrived[0]; raw !== undefined; raw = this.#arrived[0]) {
      if (!this.#giveNow(raw, this.#arrived.length - 1)) return void this.#heal().catch(this.#options.onBroken)
      this.#arrived.shift()
    }
  }

  /** @returns false where something must be asked first. */
  #giveNow(raw: RawBlock, ahead: number): boolean {
    if (this.#given.has(raw.hash)) return true
    if (!this.#given.has(raw.parentHash)) return false
    if (this.#pushed.count(raw.hash as Hex) === 0 && this.#given.mayHold(raw.logsBloom)) return false
    this.#options.onAhead(ahead)
    this.#given.givePushed(raw)
    return true
  }

  /** Gaps and forks block by block, and heads whose logs must be waited for; in order, until nothing waits. */
  async #heal(): Promise<void> {
    this.#isHealing = true
    let waitMs = firstWaitMs
    for (let raw = this.#arrived[0]; raw !== undefined && !this.#isStopped; raw = this.#arrived[0]) {
      try {
        const path = await pathTo(this.#options.rpc, raw, this.#given.all())
        for (const [at, one] of path.entries()) {
          if (this.#isStopped) return
          const ahead = path.length - 1 - at + this.#arrived.length - 1
          if (!this.#giveNow(one, ahead)) await this.#giveWithLogs(one, ahead)
        }
        this.#arrived.shift()
        waitMs = firstWaitMs
      } catch (error) {
        if (!passes(error)) throw error
        if (this.#isStopped) return
        this.#options.onFault(error)
        await sleep(waitMs)
        waitMs = Math.min(waitMs * 2, longestWaitMs)
        // It may have been reorganised away; a newer one leads to all that is there.
        if (this.#arrived.length > 1) this.#arrived.shift()
        else this.#arrived[0] = await this.#latest().catch(() => raw)
      }
    }
    this.#isHealing = false
  }

  /** Whatever comes first: a log of its own, or the node's answer. */
  async #giveWithLogs(raw: RawBlock, ahead: number): Promise<void> {
    const hash = raw.hash as Hex
    const asked = this.#given.ask(hash, blockOf(raw))
    const pushed = new Promise<null>((resolve) => {
      this.#wake = { hash, resolve: () => resolve(null) }
    })
    const logs = await Promise.race([asked.logs, pushed]).finally(() => {
      this.#wake = null
    })
    if (this.#isStopped) return
    this.#options.onAhead(ahead)
    if (logs === null) this.#given.givePushed(raw, asked)
    else this.#given.giveAnswer(raw, logs, asked)
  }

  async #latest(): Promise<RawBlock> {
    return blockIn(await this.#options.rpc.request('eth_getBlockByNumber', ['latest', false]), 'the newest block')
  }
}
