import { describe, expect, it } from 'vitest'
import type { Rec } from '#core/plain.ts'
import type { Store } from '#core/world.ts'
import { unresolvedIntents } from '../../src/execution/unresolved.ts'

const storeOf = (streams: Readonly<Record<string, readonly Rec[]>>): Store => ({
  append: async () => undefined,
  read: async function* (stream) {
    yield* streams[stream] ?? []
  },
})
const open = async (intents: readonly Rec[], attempts: readonly Rec[]): Promise<readonly string[]> =>
  (await unresolvedIntents(storeOf({ intent: intents, attempt: attempts }))).open.map(({ hash }) => hash)

describe('what may still be out there after a crash', () => {
  const intent = { plan: 'a', hash: '0x1' }
  const again = { plan: 'a', hash: '0x2' }
  const event = (status: string): Rec => ({ plan: 'a', status })

  it('is an intent without a word, or with no final one', async () => {
    expect(await open([intent], [])).toEqual(['0x1'])
    expect(await open([intent], [event('sent')])).toEqual(['0x1'])
    expect(await open([intent], [event('sent'), event('included')])).toEqual([])
  })

  it('is one whose block was reorganised away, until it has a fate again', async () => {
    expect(await open([intent], [event('included'), event('unwound')])).toEqual(['0x1'])
    expect(await open([intent], [event('included'), event('unwound'), event('dropped')])).toEqual([])
  })

  it('is the second attempt of a plan, though the first one was refused', async () => {
    expect(await open([intent, again], [event('refused')])).toEqual(['0x2'])
    expect(await open([intent, again], [event('refused'), event('dropped')])).toEqual([])
  })

  it('is not what landed, but that is looked at again until it is final', async () => {
    const landed = async (events: readonly string[]): Promise<readonly string[]> => {
      const store = storeOf({ intent: [intent], attempt: events.map(event) })
      return (await unresolvedIntents(store)).landed.map(({ hash }) => hash)
    }
    expect(await landed(['sent', 'included'])).toEqual(['0x1'])
    expect(await landed(['sent', 'reverted'])).toEqual(['0x1'])
    expect(await landed(['included', 'unwound'])).toEqual([])
    expect(await landed(['included', 'final'])).toEqual([])
  })
})
