import type { ServerResponse } from 'node:http'

/** Pages that listen: server-sent events over an answer that stays open. */
export interface Streams {
  /** @returns false where there are as many as there may be. */
  readonly open: (response: ServerResponse, first: readonly string[]) => boolean
  readonly tell: (events: readonly string[]) => void
  readonly count: () => number
  readonly close: () => void
}

const openMost = 16
/** One that does not take what it is told is let go: it comes back, and is told all anew. */
const waitingMost = 4 * 2 ** 20
const beatMs = 15_000

export function createStreams(): Streams {
  const open = new Set<ServerResponse>()
  const write = (response: ServerResponse, text: string): void => {
    if (response.writableLength > waitingMost) response.destroy()
    else response.write(text)
  }
  const beat = setInterval(() => {
    for (const response of open) write(response, ': here\n\n')
  }, beatMs)
  beat.unref()
  return {
    open: (response, first) => {
      if (open.size >= openMost) return false
      open.add(response)
      response.once('close', () => open.delete(response))
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
      response.write(first.join(''))
      return true
    },
    tell: (events) => {
      if (events.length === 0 || open.size === 0) return
      const text = events.join('')
      for (const response of open) write(response, text)
    },
    count: () => open.size,
    close: () => {
      clearInterval(beat)
      for (const response of open) response.end()
    },
  }
}
