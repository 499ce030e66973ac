import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../../config/config.ts'
import { isLoopback } from '../../console/admission.ts'
import type { Console } from '../../console/console.ts'
import { createConsole } from '../../console/create-console.ts'
import { createSlices } from '../../console/slices.ts'
import { createStory, type Story } from '../../console/story.ts'
import type { KeeperEvents } from '../../engine/events.ts'
import type { Observe } from '../../observe/observe.ts'
import { openServer } from '../../observe/open-server.ts'
import { journalOf } from '../journal-options.ts'
import type { OpenKeeper } from '../open-keeper.ts'
import { actionsOf, type Reload } from './actions.ts'
import { createLiveBook } from './live-book.ts'
import { questionsOf } from './questions.ts'
import { restoreStory } from './restore-story.ts'
import { standingGuards } from './standing-guards.ts'
import { storyEvents } from './story-events.ts'
import { createThinker } from './thinker.ts'

/** What a keeper's console is, before there is a keeper and after. */
export type OpenConsole = {
  /** Asked first by the server it shares; `null` where it has its own. */
  readonly handle: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
  readonly also: Partial<KeeperEvents>
  readonly attach: (opened: OpenKeeper, reload?: Reload) => Promise<void>
  readonly close: () => Promise<void>
}

/** The thread is held for so long at once, and what cannot be cut is small: decisions are made in another one. */
const budgetMs = 1
/** News is told so often at most. */
const tellMs = 100

/** @throws `bad-config` where its address cannot be had. */
export async function openConsole(
  config: Config,
  token: string,
  observe: Pick<Observe, 'health' | 'failed'>,
  version: string,
): Promise<OpenConsole & { readonly ownPort: number | null }> {
  const { console: own, http } = config
  const slices = createSlices({ budgetMs, now: () => performance.now() })
  const thinker = createThinker(config, slices)
  const story = createStory()
  const window: Console = createConsole({
    ...{ token, read: own.read, hosts: own.hosts, now: Date.now },
    isLocalOnly: own.port === 'http' && !isLoopback(http.host),
    onJoin: () => show(),
    onWatched: () => book.wake(),
  })
  const book = createLiveBook({ config, slices, thinker, window, failed: observe.failed })
  window.board.put('about', aboutOf(config, version, false))
  const events = storyEvents(story, book)
  let keeper: OpenKeeper | null = null
  const show = (): void => {
    window.board.put('health', observe.health())
    window.board.put('guards', standingGuards(config.guards.killFile, keeper))
    story.show(window.board)
  }
  let fault = ''
  const tell = setInterval(() => {
    try {
      events.settle()
      // Where nobody looks there is nothing to draw.
      if (!window.isWatched()) return
      show()
      window.flush()
    } catch (error) {
      // A page that cannot be drawn is no reason to stop keeping.
      const { message } = error as Error
      if (message !== fault) observe.failed(new Error(`the console cannot be drawn: ${message}`))
      fault = message
    }
  }, tellMs)
  tell.unref()
  const server =
    own.port === 'http'
      ? null
      : await openServer(
          (request, response) => {
            if (!window.handle(request, response)) response.writeHead(302, { location: '/console' }).end()
          },
          { host: own.host, port: own.port, settings: 'console' },
        )
  return {
    ownPort: server?.port ?? null,
    handle: server === null ? window.handle : null,
    also: events.also,
    attach: async (opened, reload) => {
      keeper = opened
      await restored(story, config).catch(observe.failed)
      book.attach(opened)
      window.board.put('about', aboutOf(config, version, reload !== undefined))
      window.attach({
        actions: actionsOf(config, opened, reload),
        questions: questionsOf({ config, opened, slices, thinker, story, book }),
      })
    },
    close: async () => {
      clearInterval(tell)
      book.close()
      window.close()
      await thinker.close()
      await server?.stop()
    },
  }
}

async function restored(story: Story, config: Config): Promise<void> {
  const journal = await journalOf(config)
  try {
    await restoreStory(story, journal)
  } finally {
    await journal.close()
  }
}

const aboutOf = ({ chain, submission, protocols, executor }: Config, version: string, canReload: boolean) => ({
  ...{ chainId: chain.id, blockSeconds: chain.blockSeconds, version, canReload },
  mode: submission.dryRun ? 'dry run' : submission.via,
  protocols: protocols.map(({ label }) => label),
  executor: executor?.address ?? null,
})
