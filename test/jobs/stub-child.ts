import { hash as digestOf } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../../src/jobs/serve.ts'

/** Hashes what it is given, some of it slower than other. */
serve(async () => async (body) => {
  await sleep(Number.parseInt(digestOf('sha256', body).slice(0, 2), 16) / 4)
  return digestOf('sha256', `result of ${body}`)
})
