import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Receipt } from '#core/receipt.ts'
import { symbols } from '../../sandbox/market-data.ts'
import type { Via } from '../../src/execution/intent.ts'
import { type Live, type Rig, rig } from './rig.ts'
import { type Tap, tapRelay } from './tap.ts'

const erc20 = new Interface(['function balanceOf(address) view returns (uint256)'])

describe('a pool moved between signing and inclusion', () => {
  let world: Rig
  let tap: Tap
  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true })
    tap = await tapRelay(world.sandbox.relayUrl)
  })
  afterAll(async () => {
    await world?.end()
    await tap?.stop()
  })

  /** Of every token, of the executor and of the operators. */
  const holdings = async (executor: string): Promise<Record<string, bigint>> => {
    const { tokens } = world.sandbox.addresses
    const holders = {
      executor,
      ...Object.fromEntries(world.sandbox.accounts.operators.map((one, at) => [at, one.address])),
    }
    const found: Record<string, bigint> = {}
    for (const [name, holder] of Object.entries(holders)) {
      for (const symbol of symbols) {
        const call = { to: tokens[symbol].address, data: erc20.encodeFunctionData('balanceOf', [holder]) }
        found[`${name} ${symbol}`] = BigInt((await world.sandbox.rpc.request('eth_call', [call, 'latest'])) as string)
      }
    }
    return found
  }
  const start = async (via: Via): Promise<Live> => world.live(tap.before((await world.configure({ via })).config))
  /** WETH falls in the oracle and the pools; then, ahead of what the keeper has signed, in the pools once more. */
  const crashAndMove = async (keeper: Live, from: number, to: number): Promise<Record<string, bigint>> => {
    await world.price('WETH', from)
    await keeper.block()
    const signed = keeper.intents()
    expect(signed.length).toBeGreaterThan(0)
    const before = await holdings(keeper.keeper.executor())
    await world.sandbox.movePoolsFirst({ WETH: BigInt(to * 1e8) })
    return before
  }
  const mined = (number: number): Promise<readonly { transactionHash: string; status: string }[]> =>
    world.sandbox.rpc.request('eth_getBlockReceipts', [`0x${number.toString(16)}`]) as Promise<
      readonly { transactionHash: string; status: string }[]
    >

  it('a bundle is dropped: nothing of it is mined, nothing is lost, and the journal says so', async () => {
    const keeper = await start('bundle')
    const before = await crashAndMove(keeper, 2_840, 1_500)
    const hashes = keeper.intents().map(({ hash }) => hash)
    const receipts = await mined(await keeper.block())
    expect(receipts.filter((one) => hashes.includes(one.transactionHash as never))).toEqual([])
    const fates = keeper
      .attempts()
      .filter(({ plan }) => keeper.intents().find((one) => one.plan === plan && hashes.includes(one.hash)))
    expect(fates.map(({ status }) => status)).toContain('dropped')
    expect(fates.map(({ status }) => status)).not.toContain('included')
    expect(await holdings(keeper.keeper.executor())).toEqual(before)
    expect(keeper.faults).toEqual([])
    await keeper.stop()
  })

  for (const via of ['private', 'public'] as const) {
    it(`a ${via} transaction is mined reverted: only gas is paid, and journal, receipt and daily loss say so`, async () => {
      await world.price('WETH', 3_000)
      await world.sandbox.mine()
      const keeper = await start(via)
      const [from, to] = via === 'private' ? [2_830, 1_500] : [2_820, 1_400]
      const before = await crashAndMove(keeper, from, to)
      const first = keeper.intents()
      // A relay keeps private transactions that would revert out; a builder that does not must cost gas and no more.
      if (via === 'private') await includeAnyway(first.length)
      const receipts = await mined(await keeper.block())
      const ours = receipts.filter((one) => first.some(({ hash }) => hash === one.transactionHash))
      expect(ours.map(({ status }) => status)).toEqual(first.map(() => '0x0'))
      expect(await holdings(keeper.keeper.executor())).toEqual(before)
      const fates = keeper.attempts().filter(({ plan }) => first.some((one) => one.plan === plan))
      expect(fates.filter(({ status }) => status === 'reverted')).toHaveLength(first.length)
      const kept = keeper.journal
        .select({ streams: ['receipt'] })
        .map(({ record }) => record.receipt as unknown as Receipt)
      expect(kept).toHaveLength(first.length)
      for (const { status, actual } of kept) {
        expect(status).toBe('reverted')
        expect(actual.net).toBeLessThan(0n)
        expect(actual.net).toBe(actual.gas)
      }
      const lost = kept.reduce((sum, { actual }) => sum - actual.net, 0n)
      const spends = keeper.journal.select({ streams: ['guard'] }).filter(({ record }) => record.kind === 'spend')
      expect(spends.reduce((sum, { record }) => sum + (record.lossWei as bigint), 0n)).toBe(lost)
      const metrics = keeper.lines.filter((line) => line.includes('"event":"receipt"'))
      expect(metrics.every((line) => line.includes('"status":"reverted"'))).toBe(true)
      expect(keeper.faults).toEqual([])
      await keeper.stop()
    })
  }

  /** What the relay was given is put into the mempool too: a leak, or a builder that includes whatever pays. */
  async function includeAnyway(count: number): Promise<void> {
    for (const { raw } of tap.sent.slice(-count)) await world.sandbox.rpc.request('eth_sendRawTransaction', [raw])
  }
})
