import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '#core/book.ts'
import { aaveAccount, assetsOf, chanceOf } from './book/aave-book.ts'
import { type Shots, shots } from './rig.ts'

/**
 * A child of `trigger-load`: the keeper with so many positions, shot at while logs stream in. `objects`: the positions
 * are held as plain records in a Map beside it, as they once were in the book, and as many of them replaced by each head.
 */
export type Shot = { readonly p50: number; readonly p99: number; readonly pause: number }

const [form, count] = [process.argv[2], Number(process.argv[3])]
/** Aave's pools and tokens on mainnet give about as many in a busy block. */
const logsEach = 200
const shotsEach = 100

const held = new Map<string, Position>()
const chance = chanceOf(1)
const assets = assetsOf(40, chance)
const ours = await shots()
const next = ours.heads()
if (form === 'objects') for (let n = 0; n < count; n += 1) hold()
ours.fill(form === 'objects' ? 1_000 : count)
for (let turn = 0; turn < 30; turn += 1) await shoot(ours)
process.send?.('ready')

process.on('message', async () => {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const times: number[] = []
  for (let turn = 0; turn < shotsEach; turn += 1) times.push(await shoot(ours))
  delay.disable()
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN
  process.send?.({ p50: at(0.5), p99: at(0.99), pause: delay.max / 1e9 } satisfies Shot)
})
process.on('disconnect', () => void ours.close().then(() => process.exit(0)))

function hold(): void {
  const position = aaveAccount({ assets, chance })
  held.set(position.id, position)
}

async function shoot({ node, opened: { keeper } }: Shots): Promise<number> {
  const rest = async (number: string): Promise<void> => {
    while ((keeper.head()?.block.number ?? 0) < Number(number)) await sleep(1)
    await keeper.idle()
    await sleep(2)
    await keeper.idle()
  }
  const [well, fallen] = [next(false), next(true)]
  node.tell({ ...well, logs: [...traffic(well), ...well.logs] })
  if (form === 'objects') for (let n = 0; n < logsEach; n += 1) hold()
  await rest(well.head.number)
  const { seconds } = await node.shoot(fallen)
  await rest(fallen.head.number)
  return seconds
}

/** Transfers of an aToken among strangers: watched, decoded and of no consequence. */
function traffic({ head, logs: [log] }: ReturnType<typeof next>): readonly unknown[] {
  const transfer = '0x4beccb90f994c31aced7a23b5611020728a23d8ec5cddd1a3e9d97b96fda8666'
  const word = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`
  const address = ours.token
  return Array.from({ length: logsEach }, (_, at) => ({
    ...(log as object),
    ...{ address, blockHash: head.hash, topics: [transfer, word(7_000 + at), word(9_000 + at)] },
    ...{ data: `${word(at)}${word(at).slice(2)}`, logIndex: `0x${(at + 1).toString(16)}` },
  }))
}
