/** Work put off until the bytes are out: what is logged and counted, and what is written down behind a send. */
export interface Backlog {
  /** Runs it soon; given up and counted where too much waits already. */
  readonly later: (work: () => void) => void
  /** Runs it soon, whatever waits, before all that is only told. */
  readonly surely: (work: () => void) => void
}

/**
 * A ring of so many places, emptied once the run that filled it has ended and its sockets were written to. Adding never
 * waits and never grows the ring. `onDropped` is told how many were given up, once they are.
 */
export function createBacklog(
  places: number,
  onDropped: (count: number) => void,
  schedule: (work: () => void) => void = setImmediate,
): Backlog {
  const ring: (() => void)[] = new Array(places)
  let [first, waiting, dropped] = [0, 0, 0]
  let must: (() => void)[] = []
  let isScheduled = false
  const wake = (): void => {
    if (!isScheduled) schedule(empty)
    isScheduled = true
  }
  const empty = (): void => {
    isScheduled = false
    const sure = must
    must = []
    // Whoever adds work catches its own faults; one that does not must not cost the others their turn.
    const works = [...sure, ...Array.from({ length: waiting }, (_, at) => ring[(first + at) % places] as () => void)]
    first = (first + waiting) % places
    waiting = 0
    if (dropped > 0) onDropped(dropped)
    dropped = 0
    runAll(works)
  }
  return {
    later: (work) => {
      if (waiting === places) dropped += 1
      else ring[(first + waiting++) % places] = work
      wake()
    },
    surely: (work) => {
      must.push(work)
      wake()
    },
  }
}

function runAll(works: readonly (() => void)[], from = 0): void {
  let at = from
  try {
    for (; at < works.length; at += 1) works[at]?.()
  } finally {
    if (at < works.length) runAll(works, at + 1)
  }
}
