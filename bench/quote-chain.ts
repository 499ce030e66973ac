import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abis, seeded, startUniswapChain } from '../sandbox/uniswap-chain.ts'
import type { Address, Hex } from '../src/core/address.ts'
import type { Market } from '../src/core/book.ts'
import { amount } from '../src/core/numbers.ts'
import type { Venue } from '../src/core/venue.ts'
import definition from '../venues/uniswap-v3/index.ts'
import type { Pool } from '../venues/uniswap-v3/pool.ts'

export type Sale = { readonly zeroForOne: boolean; readonly sold: bigint; readonly crossed: number }
/** A real v3-core pool of 120 ranges on an anvil of its own, as the venue reads it, and QuoterV2 behind a raw socket. */
export type QuoteChain = {
  readonly venue: Venue<Pool>
  readonly pool: Market<Pool>
  /** Half of each direction, of 0 to 8 initialised ticks. */
  readonly sales: readonly Sale[]
  /** Calldata is encoded before; what is awaited is one `eth_call` and its two words: amount out, √price after. */
  readonly ask: (sale: Sale) => Promise<readonly [bigint, bigint]>
  /** The same by fetch, which keeps its connection. */
  readonly fetchAnswer: (sale: Sale) => Promise<unknown>
  readonly close: () => Promise<void>
}

const fee = 3_000
const spacing = 60
const forever = 2n ** 40n

export async function openQuoteChain(seed: number): Promise<QuoteChain> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
  const path = join(folder, 'anvil.ipc')
  const chain = await startUniswapChain(path)
  const random = seeded(seed)
  const tokens = [await chain.token(), await chain.token()].sort() as [Address, Address]
  await chain.send(chain.v3.manager, abis.v3Manager, 'createAndInitializePoolIfNecessary', [...tokens, fee, 2n ** 96n])
  for (let i = 0; i < 60; i += 1) {
    const lower = -1 - Math.floor(random() * 100)
    const upper = 1 + Math.floor(random() * 100)
    const size = BigInt(Math.floor(1e21 * (0.2 + random())))
    const place = [...tokens, fee, lower * spacing, upper * spacing, size, size, 0, 0, chain.me, forever]
    await chain.send(chain.v3.manager, abis.v3Manager, 'mint', [place])
  }
  const venue = definition.create(
    definition.config.parse({ factory: chain.v3.factory, quoter: chain.v3.quoter, fromBlock: 0 }),
  )
  const [patch] = await venue.discover(await chain.head(), tokens)
  if (patch?.op !== 'put-market') throw new Error('the pool was not found')
  const socket = await ipcSocket(path)
  const ask = async ({ zeroForOne, sold }: Sale): Promise<readonly [bigint, bigint, number]> => {
    const answer = await socket.call(chain.v3.quoter, calldata(tokens, zeroForOne, sold))
    return [BigInt(answer.slice(0, 66)), BigInt(`0x${answer.slice(66, 130)}`), Number(`0x${answer.slice(130, 194)}`)]
  }
  const sales: Sale[] = []
  for (const zeroForOne of [true, false])
    for (let crossed = 0; crossed <= 8; crossed += 1)
      for (let found = 0; found < 4; ) {
        const sale = { zeroForOne, sold: BigInt(Math.floor(10 ** (18 + random() * 5))), crossed }
        if (venue.sell(patch.market, tokens[zeroForOne ? 0 : 1], amount(sale.sold)) === null) continue
        if ((await ask(sale))[2] !== crossed) continue
        sales.push(sale)
        found += 1
      }
  return {
    venue,
    pool: patch.market,
    sales,
    ask: async (sale) => (await ask(sale)).slice(0, 2) as [bigint, bigint],
    fetchAnswer: async ({ zeroForOne, sold }) => {
      const body = requestOf(chain.v3.quoter, calldata(tokens, zeroForOne, sold))
      const answer = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return answer.json()
    },
    close: async () => {
      socket.end()
      await chain.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const known = new Map<string, Hex>()
function calldata(tokens: readonly [Address, Address], zeroForOne: boolean, sold: bigint): Hex {
  const key = `${zeroForOne}/${sold}`
  const [sell, buy] = zeroForOne ? tokens : [tokens[1], tokens[0]]
  const data =
    known.get(key) ?? (abis.v3Quoter.encodeFunctionData('quoteExactInputSingle', [[sell, buy, sold, fee, 0]]) as Hex)
  known.set(key, data)
  return data
}

const requestOf = (to: Address, data: Hex): string =>
  `{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"${to}","data":"${data}"},"latest"]}`

/** The least there can be around a call: one line out, one line in, its result cut out by its place. */
async function ipcSocket(path: string): Promise<{ call: (to: Address, data: Hex) => Promise<Hex>; end: () => void }> {
  const socket: Socket = connect(path)
  await once(socket, 'connect')
  let waiting: ((line: string) => void) | null = null
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part
    const answer = /"result":"(0x[0-9a-f]+)"\}\s*$/.exec(text)?.[1]
    if (answer === undefined && !text.includes('"error"')) return
    text = ''
    waiting?.(answer ?? '')
  })
  const call = async (to: Address, data: Hex): Promise<Hex> => {
    const answer = new Promise<string>((done) => {
      waiting = done
    })
    socket.write(requestOf(to, data))
    const result = await answer
    if (result === '') throw new Error('the quoter reverted')
    return result as Hex
  }
  return { call, end: () => socket.destroy() }
}
