import { fitting } from './fitting.ts'
import type { Candidate, Quoted, QuoteRequest } from './plan.ts'
import { quote } from './plan.ts'

/** As `quote`, and those that could not be worked out. */
export type QuotedEach = Quoted & {
  readonly faulty: readonly { readonly candidate: Candidate; readonly error: unknown }[]
}

/**
 * Where something cannot be worked out, each candidate is tried alone and those that fail are left out: one with numbers
 * no honest contract has must not keep the others from being acted on. Slower, and no worse, than without them.
 */
export function quoteEach(request: QuoteRequest): QuotedEach {
  try {
    return { ...quote(request), faulty: [] }
  } catch (error) {
    const failures = request.candidates.map((candidate) => ({ candidate, error: failureOf(request, candidate) }))
    const faulty = failures.filter((one) => one.error !== null)
    const sound = failures.filter((one) => one.error === null).map(({ candidate }) => candidate)
    if (faulty.length === 0) return inHalves(request, error)
    const rest = quoteEach({ ...request, candidates: sound })
    return { ...rest, faulty: [...faulty, ...rest.faulty] }
  }
}

/** Each can be worked out, and they cannot together: as many together as can, and of what is then in the way the best. */
function inHalves(request: QuoteRequest, error: unknown): QuotedEach {
  const { candidates } = request
  const middle = Math.ceil(candidates.length / 2)
  const halves = [candidates.slice(0, middle), candidates.slice(middle)].map((half) =>
    quoteEach({ ...request, candidates: half }),
  )
  const all = halves.flatMap(({ plans }) => plans)
  const { plans, skips } = fitting(request, [], all, error instanceof Error ? error.message : String(error))
  return {
    plans,
    skips: [...halves.flatMap((one) => one.skips), ...skips],
    faulty: halves.flatMap((one) => one.faulty),
  }
}

function failureOf(request: QuoteRequest, candidate: Candidate): unknown {
  try {
    quote({ ...request, candidates: [candidate] })
    return null
  } catch (error) {
    return error
  }
}
