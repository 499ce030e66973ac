import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Address, Hex } from '#core/address.ts'
import type { BlueAddresses } from '../../strategies/morpho-blue/fixture/addresses.ts'
import { idOf } from '../../strategies/morpho-blue/fixture/calls.ts'
import fixture from '../../strategies/morpho-blue/fixture/index.ts'
import { command } from '../cli/command.ts'
import { type Rig, rig } from '../keeper/rig.ts'
import { type Rival, rivalOn } from '../misses/support/rival.ts'

type Told = {
  readonly all: Record<'liquidations' | 'unpriced' | 'winners', number> & Record<'volume' | 'tips' | 'gas', string>
  readonly winners: readonly { readonly winner: Address; readonly liquidations: number; readonly volume: string }[]
  readonly markets: readonly { readonly market: string; readonly isFollowed: boolean; readonly behindUpdate: number }[]
  readonly concentration: Record<'top1Bps' | 'top3Bps' | 'hhi' | 'by', string>
  readonly auctionedBps: string
  readonly standing: readonly { readonly position: string; readonly wasBelow: true | null; readonly verdict: string }[]
  readonly configuration: string
}

describe('plimsoll study, of some dozens of blocks with two rivals', () => {
  let world: Rig
  let file: string
  let from = 0
  let to = 0
  let told: Told
  let [first, second]: Rival[] = []
  let blue: BlueAddresses
  const hashes: Hex[] = []

  const study = (...more: string[]) =>
    command(['study', '--rpc', world.sandbox.nodeUrl, '--config', file, '--from', `${from}`, '--to', `${to}`, ...more])

  beforeAll(async () => {
    world = await rig({ borrowers: 'few', traffic: true, protocols: [{ fixture }] })
    const { sandbox } = world
    blue = sandbox.protocols[0]!.addresses as BlueAddresses
    const { aave, morpho, tokens } = sandbox.addresses
    const spenders = [aave['3.0'].pool, aave['3.6'].pool, morpho]
    first = await rivalOn(sandbox, spenders)
    second = await rivalOn(sandbox, spenders, 'second rival')
    const of = sandbox.protocols[0]!.config
    const markets = blue.markets.filter((_, at) => at !== 4).map(idOf)
    const { text } = await world.configure({ protocols: { 'morpho-blue': [{ ...of, markets }] } })
    file = join(world.folder, 'mine.yaml')
    writeFileSync(file, text)
    const account = (label: string, version: '3.0' | '3.6'): Address =>
      sandbox.accounts.borrowers.find((one) => one.label === label && one.version === version)!.address
    const loan = (label: string): Address =>
      sandbox.protocols[0]!.borrowers.find((one) => one.label.includes(label))!.address
    const taking = async (rival: Rival, call: ReturnType<Rival['aave']>): Promise<void> =>
      void hashes.push(await rival.later(call))
    const pass = async (blocks: number): Promise<void> => {
      for (let at = 0; at < blocks; at += 1) to = (await sandbox.mine()).number
    }
    await pass(1)
    from = to + 1
    await pass(5)
    // Right behind the price, for a tip and a payment by the contract.
    await world.price('WETH', 2_800)
    const [weth, usdc] = [tokens.WETH.address, tokens.USDC.address]
    await taking(
      first,
      first.aave(aave['3.0'].pool, weth, usdc, account('plain', '3.0'), { tip: 5n * 10n ** 9n, direct: 77n }),
    )
    await pass(3)
    await taking(second, second.aave(aave['3.6'].pool, weth, usdc, account('plain', '3.6')))
    await pass(4)
    await world.price('LINK', 10)
    await pass(2)
    await taking(second, second.morpho(blue.markets[4]!, loan('LINK'), 10n ** 18n))
    await pass(3)
    await taking(first, first.morpho(blue.markets[0]!, loan('WETH for USDC, bad debt'), 10n ** 17n))
    await pass(15)
    const { out, code, said } = await study('--json', '--wait', '12')
    expect(code, said).toBe(0)
    told = JSON.parse(out)
  }, 120_000)
  afterAll(() => world?.end())

  it('tells every liquidation and no other, and what was paid for them, to the wei', async () => {
    const receipts = (await Promise.all(
      hashes.map((hash) => world.sandbox.rpc.request('eth_getTransactionReceipt', [hash])),
    )) as Record<'status' | 'gasUsed' | 'effectiveGasPrice' | 'blockNumber', string>[]
    expect(receipts.map(({ status }) => status)).toEqual(hashes.map(() => '0x1'))
    expect(to - from).toBeGreaterThan(24)
    let [tips, gas] = [77n, 0n]
    for (const { gasUsed, effectiveGasPrice, blockNumber } of receipts) {
      const block = (await world.sandbox.rpc.request('eth_getBlockByNumber', [blockNumber, false])) as Record<
        string,
        string
      >
      const base = BigInt(block.baseFeePerGas!)
      tips += (BigInt(effectiveGasPrice) - base) * BigInt(gasUsed)
      gas += base * BigInt(gasUsed)
    }
    expect(told.all).toMatchObject({ liquidations: 4, winners: 2, unpriced: 1, tips: `${tips}`, gas: `${gas}` })
  })

  it('tells who won how much, and how few they are', () => {
    const volumes = told.winners.map(({ volume }) => BigInt(volume))
    const total = volumes.reduce((sum, one) => sum + one, 0n)
    expect(new Set(told.winners.map(({ winner }) => winner))).toEqual(new Set([first!.contract, second!.contract]))
    expect(total).toBe(BigInt(told.all.volume))
    const [most = 0n, least = 0n] = volumes
    expect(most).toBeGreaterThan(least)
    expect(told.concentration).toEqual({
      ...{ by: 'value', top1Bps: `${(most * 10_000n) / total}`, top3Bps: '10000' },
      hhi: `${(most * most * 10_000n + least * least * 10_000n) / (total * total)}`,
    })
  })

  it('tells what lay behind an update of its own block', () => {
    expect(told.markets.reduce((sum, { behindUpdate }) => sum + behindUpdate, 0)).toBe(1)
    expect(Number(told.auctionedBps)).toBeGreaterThan(0)
    expect(Number(told.auctionedBps)).toBeLessThan(10_000)
  })

  it('tells what nobody took, and what a keeper would do about it', async () => {
    expect(told.standing.length).toBeGreaterThan(1)
    for (const { wasBelow, verdict } of told.standing) expect([wasBelow, typeof verdict]).toEqual([true, 'string'])
    expect(told.standing.map(({ verdict }) => verdict)).toContain('act')
    // WETH fell 26 blocks before the end: a block earlier all stood above the line.
    const alone = JSON.parse((await study('--json', '--wait', '27', '--protocols', 'morpho-blue')).out) as Told
    expect(alone.standing).toEqual([])
    expect(alone.all.liquidations).toBe(2)
    expect(alone.configuration).not.toContain('addressesProvider')
  })

  it('names the market that nobody configured, and proposes a configuration with it that holds', async () => {
    const left = idOf(blue.markets[4]!)
    expect(told.markets.filter(({ isFollowed }) => !isFollowed).map(({ market }) => market)).toEqual([left])
    const proposed = join(world.folder, 'proposed.yaml')
    const { out, code } = await study('--write', proposed, '--wait', '12')
    expect(code).toBe(0)
    expect(out).toMatch(/aave-v3:1[\s\S]*HHI \d+[\s\S]*positions that nobody took[\s\S]*Proposed[\s\S]*dryRun: true/)
    expect(readFileSync(proposed, 'utf8')).toBe(told.configuration)
    expect(told.configuration).toMatch(/markets not followed before: 1/)
    const checked = await command(['config', '-c', proposed, '--json'], { RPC_URL: world.sandbox.nodeUrl })
    expect(checked.code, checked.said).toBe(0)
    const config = JSON.parse(checked.out)
    expect(JSON.stringify(config.protocols)).toContain(left)
    // What it proposes is followed: a second look finds nothing left out.
    const again = await command([
      'study',
      '--rpc',
      world.sandbox.nodeUrl,
      '--config',
      proposed,
      '--from',
      `${from}`,
      '--json',
    ])
    expect((JSON.parse(again.out) as Told).markets.every(({ isFollowed }) => isFollowed)).toBe(true)
  })

  it('says what is wrong with what it is asked', async () => {
    const wrong = (...args: string[]) => command(['study', '--rpc', world.sandbox.nodeUrl, ...args])
    expect(await wrong()).toMatchObject({
      code: 2,
      said: expect.stringContaining('no presets are known for chain 31337'),
    })
    expect(await study('--protocols', 'aave-v4')).toMatchObject({
      code: 2,
      said: expect.stringContaining('there are aave-v3:1'),
    })
    expect(await wrong('--config', file, '--from', '90', '--to', '80')).toMatchObject({ code: 2 })
    expect(await wrong('--config', file, '--to', '999999')).toMatchObject({
      code: 2,
      said: expect.stringContaining('999999'),
    })
    expect(await command(['study'])).toMatchObject({ code: 2, said: expect.stringContaining('--rpc') })
  })
})
