import { Worker } from 'node:worker_threads'
import type { Block } from '#core/block.ts'
import type { OwnedPatch, Position } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Config } from '../../config/config.ts'
import type { Slices } from '../../console/slices.ts'
import type { Mirror } from '../../engine/mirror.ts'
import type { FromThinker, Question, ThinkerStart, ToThinker } from './thinking.ts'

/** A thread that decides on what is only thought of, so that the path never waits for it. */
export type Thinker = {
  /**
   * `these`: positions the question is about. `null` where the book moved on while it was told of.
   * @throws `worker-lost`.
   */
  readonly ask: <A>(
    mirror: Mirror,
    these: readonly { readonly key: string; readonly position: Position }[],
    question: Question,
    isWanted: () => boolean,
  ) => Promise<A | null>
  readonly close: () => Promise<void>
}

/** What the thread knows of the book: the records as they were told, by reference, since they change by being replaced. */
type Known = { readonly mirror: Mirror; readonly worker: Worker; readonly sent: Map<string, object> }

export function createThinker(config: Config, slices: Slices): Thinker {
  const waiting = new Map<number, { done: (answer: never) => void; failed: (error: Error) => void }>()
  let known: Known | null = null
  let count = 0
  let turn: Promise<unknown> = Promise.resolve()

  const lose = (why: string): void => {
    known = null
    for (const one of waiting.values()) one.failed(new KeeperError('worker-lost', `${why}: ask again`))
    waiting.clear()
  }
  const begin = (mirror: Mirror): Known => {
    void known?.worker.terminate()
    const worker = new Worker(new URL('thinker-thread.ts', import.meta.url), { workerData: startOf(config) })
    worker.unref()
    worker.on('message', ({ number, answer, error }: FromThinker) => {
      const one = waiting.get(number)
      waiting.delete(number)
      if (error === null) one?.done(answer as never)
      else one?.failed(new KeeperError('worker-lost', error))
    })
    worker.on('error', (error) => lose(error.message))
    worker.on('exit', (code) => {
      if (known?.worker === worker) lose(`the thread ended with ${code}`)
    })
    return { mirror, worker, sent: new Map() }
  }
  const asked: Thinker['ask'] = async (mirror, these, question, isWanted) => {
    known = known?.mirror === mirror ? known : begin(mirror)
    const { worker, sent } = known
    const tell = (told: ToThinker): void => worker.postMessage(told)
    if ((await slices.run(tellNews(mirror, question.ground.block, these, sent, tell), isWanted)) === null) return null
    // Lost while it was told: whoever asks it now would wait for ever.
    if (known?.worker !== worker) throw new KeeperError('worker-lost', 'the thread ended while it was told: ask again')
    count += 1
    const number = count
    return new Promise((done, failed) => {
      waiting.set(number, { done: done as never, failed })
      tell({ number, question })
    })
  }
  return {
    // One after another: what is told between two questions must not mix.
    ask: (...given) => {
      const answer = turn.then(() => asked(...given))
      turn = answer.catch(() => undefined)
      return answer as never
    },
    close: async () => {
      await known?.worker.terminate()
      lose('the console is closed')
    },
  }
}

const written = (all: readonly { readonly name: string; readonly label: string; readonly config: unknown }[]) =>
  all.map(({ name, label, config }) => ({ name, label, config }))

const startOf = ({ protocols, venues, exits, flash, chain }: Config): ThinkerStart => ({
  ...{ protocols: written(protocols), venues: written(venues), exits: written(exits), flash: written(flash) },
  blockSeconds: chain.blockSeconds,
})

/** One record a slice: markets and pools that were replaced since, then these positions and every feed. */
function* tellNews(
  mirror: Mirror,
  block: Block,
  these: readonly { readonly key: string; readonly position: Position }[],
  sent: Map<string, object>,
  tell: (told: ToThinker) => void,
): Generator<void, true> {
  const pools = [...mirror.admittedPools()].map(({ key, id }) => [key, id] as const)
  const dataFees = mirror.dataFees()
  const put = (patches: readonly OwnedPatch[]): void => tell({ news: { patches, pools: [], dataFees } })
  const shelves = [...mirror.modules.strategies, ...mirror.modules.flash].flatMap(({ key }) =>
    [...mirror.books.shelf(key).markets()].map((market) => ({ owner: key, market })),
  )
  const traded = pools.flatMap(([owner, id]) => {
    const market = mirror.books.shelf(owner).market(id)
    return market === undefined ? [] : [{ owner, market }]
  })
  for (const { owner, market } of [...shelves, ...traded]) {
    const name = `${owner} ${market.id}`
    if (sent.get(name) === market) continue
    put([{ owner, patch: { op: 'put-market', market } }])
    sent.set(name, market)
    yield
  }
  for (const { key, position } of these) {
    put([{ owner: key, patch: { op: 'put-position', position } }])
    yield
  }
  const at = mirror.feeds().at(block)
  const patches = mirror
    .allFeeds()
    .map(({ id }) => ({ owner: 'feeds', patch: { op: 'put-feed', id, reading: at(id) } as const }))
  tell({ news: { patches, pools, dataFees } })
  return true
}
