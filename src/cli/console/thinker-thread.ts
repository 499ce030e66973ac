import { parentPort, workerData } from 'node:worker_threads'
import { createBooks } from '../../book/books.ts'
import { discover } from '../../config/discover.ts'
import { StillMirror } from '../../engine/still-mirror.ts'
import { crossingOf, valued } from '../../engine/upcoming.ts'
import { takeFallen } from '../../stress/take-fallen.ts'
import { modulesOf } from '../modules-of.ts'
import type { FromThinker, Question, ThinkerStart, ToThinker } from './thinking.ts'

/** Decides on what is only thought of, in a thread of its own: a copy of a small part of the book, and nothing to send. */
const { protocols, venues, exits, flash, blockSeconds } = workerData as ThinkerStart
const found = await discover()
const chosen = <D>(all: ThinkerStart['venues'], of: ReadonlyMap<string, D>) =>
  all.map((one) => ({ ...one, definition: of.get(one.name) as D }))
const modules = modulesOf({
  protocols: chosen(protocols, found.strategies),
  venues: chosen(venues, found.venues),
  exits: chosen(exits, found.exits),
  flash: chosen(flash, found.flash),
})
const mirror = new StillMirror(createBooks(1), modules, [], blockSeconds)

function answerTo(question: Question): FromThinker['answer'] {
  const ground = { mirror, ...question.ground }
  if (question.kind === 'take') return takeFallen(ground, question.shocks, question.these)
  return question.due.map(({ coming, only, isBelow }) =>
    only === null
      ? coming
      : valued(mirror, crossingOf(only, coming.at, isBelow, ground.block, question.blockSeconds), ground.settings),
  )
}

parentPort?.on('message', (told: ToThinker) => {
  if ('news' in told) return mirror.take(told.news)
  const tell = (answer: FromThinker['answer'], error: string | null): void =>
    parentPort?.postMessage({ number: told.number, answer, error } satisfies FromThinker)
  try {
    tell(answerTo(told.question), null)
  } catch (error) {
    tell(null, error instanceof Error ? error.message : String(error))
  }
})
