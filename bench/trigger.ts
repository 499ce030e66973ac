import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Bench, Measured } from './bench.ts'
import { answersFor, multicallKeeper } from './multicall-keeper.ts'
import { type NodeUnderTest, nodeUnderTest } from './node-under-test.ts'
import { type Shots, shots } from './rig.ts'

const watched = 1_000
const quietBlocks = 16

/** From a head and an oracle's log on the wire to a transaction on the wire. */
export const bench: Bench = {
  name: 'trigger',
  open: async () => {
    const ours = await shots()
    ours.fill(watched)
    const awaited: number[] = []
    let below = ''
    const [next, nextUsual, nextFloor] = [ours.heads(), ours.heads(), ours.heads()]
    const raw = await firstRaw(ours, next)
    const { sandbox, crosses } = ours
    const users = usersWith(crosses)
    const pool = sandbox.addresses.aave['3.0'].pool
    const usual = await nodeUnderTest(sandbox.nodeUrl, {
      ...answersFor({ pool, users }, crosses),
      eth_estimateGas: { result: '0xf4240' },
    })
    const floor = await nodeUnderTest(sandbox.nodeUrl)
    const [operator] = sandbox.accounts.operators
    const order = { chainId: sandbox.chainId, to: pool, data: '0x3593564c', key: operator?.privateKey ?? '' }
    const reference = await multicallKeeper(usual.url, { pool, users }, order, (user) => {
      below = user.toLowerCase()
    })
    const stopFloor = await presigned(floor, raw)
    return {
      metrics: [
        {
          name: 'trigger-to-bytes',
          what: `head and oracle log pushed → transaction arrives, ${watched.toLocaleString('en')} positions, a mock node without delay`,
          unit: 's',
          ours: { name: 'plimsoll', run: () => shoot(ours, next, awaited) },
          references: [
            {
              arm: { name: 'multicall', run: async () => ({ ...(await fire(usual, nextUsual)), result: below }) },
              what: 'Multicall3 through ethers 6.17 (WebSocketProvider, static network, 100 positions a call, all calls at once); its calldata is ready, the node answers at once',
              target: { kind: 'at-least', ratio: 500 },
              reason:
                'the decision and what surrounds it take milliseconds in a path that runs once in a while; here the position is taken three times over, and looking for that is about half of it',
            },
            {
              arm: { name: 'presigned', run: async () => ({ ...(await fire(floor, nextFloor)), result: crosses }) },
              what: 'a transaction signed beforehand, sent over a raw WebSocket at the first byte of the head',
              target: { kind: 'at-most', ratio: 2 },
              reason: 'the arm decides, encodes and signs nothing: what is beyond it is the decision',
            },
          ],
          repeats: 21,
          warmups: 40,
          collects: false,
        },
      ],
      counts: [
        {
          name: 'awaited-calls',
          what: 'calls that reached the node between the trigger and the transaction, counted by the mock node, most of all shots',
          unit: 'calls',
          count: () => Math.max(...awaited),
          target: '0',
          holds: (value) => value === 0,
          isRequired: true,
        },
      ],
      close: async () => {
        await reference.stop()
        stopFloor()
        usual.stop()
        floor.stop()
        await ours.close()
      },
    }
  },
}

/** The price back first, so that there is something to trigger, and a few quiet blocks, as there are on a chain. */
async function shoot(ours: Shots, next: ReturnType<Shots['heads']>, awaited: number[]): Promise<Measured> {
  for (let block = 0; block < quietBlocks; block += 1) {
    const well = next(false)
    ours.node.tell(well)
    await rest(ours, well.head.number)
  }
  const fallen = next(true)
  const { seconds, counts, raw } = await ours.node.shoot(fallen)
  const { eth_sendRawTransaction: sent = 0, ...others } = counts
  awaited.push(Object.values(others).reduce((sum, count) => sum + count, 0) + sent - 1)
  await rest(ours, fallen.head.number)
  return { value: seconds, result: raw.includes(ours.crosses.slice(2)) ? ours.crosses : 'another' }
}

/** Until the keeper has followed the newest head to its end. */
async function rest({ opened: { keeper }, warned }: Shots, number: string): Promise<void> {
  while ((keeper.head()?.block.number ?? 0) < Number(number)) await sleep(2)
  await keeper.idle()
  await sleep(2)
  await keeper.idle()
  const [first] = warned
  if (first !== undefined) throw new Error(`the keeper is not well: ${first}`)
}

async function firstRaw(ours: Shots, next: ReturnType<Shots['heads']>): Promise<string> {
  const [well, fallen] = [next(false), next(true)]
  ours.node.tell(well)
  await rest(ours, well.head.number)
  const { raw } = await ours.node.shoot(fallen)
  await rest(ours, fallen.head.number)
  return raw
}

async function fire(node: NodeUnderTest, next: ReturnType<Shots['heads']>): Promise<Measured> {
  const { seconds } = await node.shoot(next(true))
  await sleep(30)
  return { value: seconds }
}

/** Somebody else's addresses, and the one that crosses in their midst. */
function usersWith(crosses: string): readonly string[] {
  return Array.from({ length: watched }, (_, at) =>
    at === 321 ? crosses : `0x${createHash('sha256').update(String(at)).digest('hex').slice(0, 40)}`,
  )
}

async function presigned({ url }: NodeUnderTest, raw: string): Promise<() => void> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await new Promise((resolve) => socket.once('open', resolve))
  const message = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'eth_sendRawTransaction', params: [raw] })
  // Answers come the same way: only a head is answered by a transaction.
  socket.on('message', (data) => {
    if ((data as Buffer).includes('eth_subscription')) socket.send(message)
  })
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
  return () => socket.terminate()
}
