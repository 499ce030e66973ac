import type { KeeperEvents } from '../engine/events.ts'
import type { Observe } from '../observe/observe.ts'
import { createOtlp } from '../observe/otlp.ts'
import { createPlanSpans } from '../observe/plan-spans.ts'
import { tracedEvents } from './traced-events.ts'
import { version } from './version.ts'

export type Traces = { readonly events: Partial<KeeperEvents>; readonly close: () => Promise<void> }

/** Spans of every plan, where a collector is named; nothing is made of them elsewhere. */
export function tracesTo(endpoint: string | null, observe: Observe): Traces {
  if (endpoint === null) return { events: {}, close: async () => undefined }
  const otlp = createOtlp({ endpoint, version, told: observe.spans, warn: observe.warning })
  return { events: tracedEvents(createPlanSpans(otlp.put), observe.eventsDropped), close: otlp.close }
}
