import type { Word } from './crew.ts'
import { failureOf } from './jobs.ts'

const aliveMs = 1_000

/** A crew's child: begins with its first message, then does what it is given, and ends with whoever began it. */
export function serve(begin: (start: unknown) => Promise<(body: string) => Promise<string>>): void {
  // Whom it cannot be told any more has gone: `disconnect` says so.
  const say = (word: Word): void => void process.send?.(word, undefined, undefined, () => undefined)
  let perform: Promise<(body: string) => Promise<string>> | null = null
  process.on('disconnect', () => process.exit(0))
  setInterval(() => say({ alive: true }), aliveMs)
  process.on('message', (message) => {
    if (perform === null) {
      perform = begin(message)
      // Told with the first job, which waits for it.
      perform.catch(() => undefined)
      return
    }
    const { body } = message as { readonly body: string }
    perform
      .then((run) => run(body))
      .then(
        (result) => say({ result }),
        (error: unknown) => say({ failure: failureOf(error) }),
      )
  })
}
