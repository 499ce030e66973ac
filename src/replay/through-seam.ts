import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { Plain, Rec } from '#core/plain.ts'
import type { Signer } from '#core/signer.ts'
import type { Store, View, World } from '#core/world.ts'
import type { LiveWorld } from '../chain/live-world.ts'
import type { Rpc } from '../chain/rpc.ts'
import type { ComposeParts } from '../engine/compose.ts'
import { batchForm, bytesForm, inputStep, logsStep, recStep } from './forms.ts'
import { type Form, nothing, type Seam } from './seam.ts'

/** The node itself, its answers through the seam. */
export const rpcThrough = (seam: Seam, rpc: Rpc): Rpc => ({
  url: rpc.url,
  requests: rpc.requests,
  close: rpc.close,
  request: (method, params) => seam.ask(`rpc ${method}`, () => rpc.request(method, params)),
  batch: (asks) => seam.ask('rpc batch', () => rpc.batch(asks), batchForm),
})

/** Signatures are told, never the key: a replay makes the same transactions without it. */
export const signerThrough = (seam: Seam, { address, sign }: Signer): Signer => ({
  address,
  sign: (digest) => seam.tell('sign', () => sign(digest), bytesForm),
})

/** Told of every record the keeper journals, as it does. */
export type OnRecord = (stream: string, record: Rec) => void

/** Whatever reaches a keeper from outside, through the seam: the same whether it is lived through or replayed. */
export function partsThrough(seam: Seam, parts: ComposeParts, onRecord: OnRecord): ComposeParts {
  const { guard, halts, against, reserve, after, onReceipt, live } = parts
  return {
    ...parts,
    rpc: rpcThrough(seam, parts.rpc),
    live: { ...liveThrough(seam, live), world: worldThrough(seam, live.world, onRecord) },
    guard: (plan) => seam.watch('guard', '', () => guard(plan)) as ReturnType<typeof guard>,
    halts: (market) => seam.watch('halts', market, () => halts(market)) as ReturnType<typeof halts>,
    against: () => seam.watch('against', '', against),
    // A recorded run has a journal of its own, which takes it at once.
    reserve: (record) => seam.tell('reserve', () => reserve(record) as undefined, nothing),
    after: (work) => seam.later(after, work),
    onReceipt: (receipt) => seam.ask('receipt taken', () => onReceipt(receipt), nothing),
  }
}

function liveThrough(seam: Seam, live: LiveWorld): LiveWorld {
  return {
    ...live,
    latest: () => seam.ask('latest', live.latest),
    hashAt: (number) => seam.ask('hash at', () => live.hashAt(number)),
    readAll: (hash) => viewThrough(seam, hash, () => live.readAll(hash)),
    isBehind: () => seam.watch('is behind', '', live.isBehind),
  }
}

const worldThrough = (seam: Seam, world: World, onRecord: OnRecord): World => ({
  inputs: streamThrough(seam, 'input', () => world.inputs, inputStep, true),
  at: (hash) => viewThrough(seam, hash, () => world.at(hash)),
  clock: {
    wake: world.clock.wake,
    monotonicNs: () => seam.tell('monotonic', world.clock.monotonicNs),
  },
  send: (what) => seam.ask('send', () => world.send(what)),
  store: storeThrough(seam, world.store, onRecord),
  random: (bytes) => seam.tell('random', () => world.random(bytes), bytesForm),
})

const storeThrough = (seam: Seam, store: Store, onRecord: OnRecord): Store => ({
  append: (stream, record) => {
    onRecord(stream, record)
    return seam.ask(`append ${stream}`, () => store.append(stream, record), nothing)
  },
  read: (stream, from) => streamThrough(seam, `read ${stream}`, () => store.read(stream, from), recStep),
})

/** `open`: where it is read from; never called in a replay. */
function viewThrough(seam: Seam, hash: Hex, open: () => View): View {
  let opened: View | null = null
  const view = (): View => {
    opened ??= open()
    return opened
  }
  const block = seam.watch('block', hash, () => view().block as Plain) as unknown as Block
  return {
    block,
    call: (calls) => seam.ask('call', () => view().call(calls)),
    storage: (slots) => seam.ask('storage', () => view().storage(slots)),
    logs: (filter, fromBlock) => streamThrough(seam, 'logs', () => view().logs(filter, fromBlock), logsStep),
    ahead: (seconds) => viewThrough(seam, hash, () => view().ahead(seconds)),
  }
}

/** Each step is an answer of its own; a stream that is left early is not told of it. */
function streamThrough<T>(
  seam: Seam,
  name: string,
  open: () => AsyncIterable<T>,
  step: Form<IteratorResult<T, undefined>>,
  isUrgent = false,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => {
      let steps: AsyncIterator<T> | null = null
      const next = (): Promise<IteratorResult<T, undefined>> => {
        steps ??= open()[Symbol.asyncIterator]()
        return steps.next() as Promise<IteratorResult<T, undefined>>
      }
      return { next: () => seam.ask(name, next, step, isUrgent) }
    },
  }
}
