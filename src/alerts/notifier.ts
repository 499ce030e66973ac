import { setTimeout as pause } from 'node:timers/promises'
import { type Alert, masked } from './alert.ts'
import type { Channel } from './channel.ts'
import { type Delivered, deliver } from './deliver.ts'

export type NotifierOptions = {
  readonly channels: readonly Channel[]
  /** Messages a channel is given within a minute, at most: the others wait. */
  readonly perMinute: number
  readonly mask: (text: string) => string
  /** What became of each message; `why` is empty where it was sent. */
  readonly told: (what: { channel: Channel['name']; result: Delivered['result'] | 'dropped'; why: string }) => void
  /** What every channel it was for has given up. */
  readonly untaken?: (alert: Alert) => void
  /** Of one message, before it is given up. */
  readonly triesMost?: number
  readonly now?: () => number
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Tells people, beside everything else: nothing waits for it, and it holds only so much. */
export interface Notifier {
  readonly tell: (alert: Alert) => void
  /** Resolves when everything told so far was taken or given up. */
  readonly idle: () => Promise<void>
  /** Gives what waits so long to leave, then gives it up. */
  readonly close: (graceMs: number) => Promise<void>
}

/** Messages that wait, for each channel. */
const queueMost = 64
const usualTries = 8
const minuteMs = 60_000

const sleepQuietly = async (ms: number, signal: AbortSignal): Promise<void> => {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}

export function createNotifier(options: NotifierOptions): Notifier {
  const ended = new AbortController()
  const lines = options.channels.map((channel) => lineOf(channel, options, ended.signal))
  const idle = async (): Promise<void> => void (await Promise.all(lines.map((line) => line.idle())))
  return {
    tell: (alert) => {
      const safe = masked(alert, options.mask)
      const takers = lines.filter((line) => line.takes(safe))
      let left = takers.length
      let isTaken = false
      const over = (result: Delivered['result']): void => {
        left -= 1
        isTaken ||= result === 'sent'
        if (left === 0 && !isTaken) options.untaken?.(alert)
      }
      for (const line of takers) line.put(safe, over)
    },
    idle,
    close: async (graceMs) => {
      await Promise.race([idle(), sleepQuietly(graceMs, ended.signal)])
      ended.abort()
      await idle()
    },
  }
}

type Over = (result: Delivered['result']) => void

/** One channel's messages, in their order, one at a time. */
function lineOf(channel: Channel, options: NotifierOptions, signal: AbortSignal) {
  const { told, mask, triesMost = usualTries, now = Date.now, sleep = sleepQuietly } = options
  const waiting: { readonly alert: Alert; readonly over: Over }[] = []
  let sentMs: number[] = []
  let running: Promise<void> | null = null

  const room = async (): Promise<void> => {
    sentMs = sentMs.filter((at) => at > now() - minuteMs)
    const oldest = sentMs[0]
    if (sentMs.length >= options.perMinute && oldest !== undefined) await sleep(oldest + minuteMs - now(), signal)
  }
  const empty = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      await room()
      const { result, why } = await deliver(channel, channel.requestOf(one.alert), { signal, sleep, now, triesMost })
      sentMs.push(now())
      told({ channel: channel.name, result, why: mask(why) })
      one.over(result)
    }
    running = null
  }
  return {
    takes: channel.takes,
    put: (alert: Alert, over: Over): void => {
      if (waiting.length >= queueMost || signal.aborted) {
        told({ channel: channel.name, result: 'dropped', why: `${alert.name}: too many wait already` })
        over('failed')
        return
      }
      waiting.push({ alert, over })
      running ??= empty()
    },
    idle: async (): Promise<void> => {
      while (running !== null) await running
    },
  }
}
