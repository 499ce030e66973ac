import type { Channel } from './channel.ts'

/** PagerDuty's Events API v2: what is severity page, and its end. `source`: who tells. */
export const pagerduty = (url: string, routingKey: string, source: string): Channel => ({
  name: 'pagerduty',
  takes: ({ severity }) => severity === 'page',
  requestOf: ({ name, key, summary, detail, startedMs, endedMs }) => ({
    url,
    body: {
      routing_key: routingKey,
      event_action: endedMs === null ? 'trigger' : 'resolve',
      dedup_key: `plimsoll/${source}/${key}`.slice(0, 255),
      payload: {
        summary: `${name}: ${summary}`,
        source,
        severity: 'critical',
        timestamp: new Date(startedMs).toISOString(),
        component: 'plimsoll',
        class: name,
        custom_details: { detail },
      },
    },
  }),
})
