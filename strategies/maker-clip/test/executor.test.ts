import { Interface, Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makerVat } from '#abis/maker-clip.ts'
import { uniswapV3QuoterAbi } from '#abis/uniswap-v3.ts'
import type { Address, Hex } from '#core/address.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import { isBlocked, type Opportunity } from '#core/opportunity.ts'
import type { Call, Instruction, Order, SwapAmount } from '#core/program.ts'
import { deployExecutor } from '../../../contracts/deploy-executor.ts'
import { factoryEntry } from '../../../contracts/registry.ts'
import { registryFor } from '../../../contracts/registry-for.ts'
import { randomOf } from '../../../sandbox/random.ts'
import { encodeOrder, encodeProgram } from '../../../src/execution/encode-order.ts'
import maker from '../index.ts'
import { type Case, ilksOf, type MakerScene, systemOf } from '../records.ts'
import { startPlayed } from './support/played.ts'

const erc20 = new Interface(['function balanceOf(address) view returns (uint256)'])
const quoter = new Interface(uniswapV3QuoterAbi)
const vat = new Interface(makerVat)
const FEE = 3_000

describe('a bark and a take through the executor, on stand-ins for Maker’s contracts', () => {
  let played: Awaited<ReturnType<typeof startPlayed>>
  let executor: Address

  beforeAll(async () => {
    played = await startPlayed()
    const { sandbox, ground, config } = played
    const { accounts, addresses, rpc } = sandbox
    const view = await ground.mine()
    const deployed = await deployExecutor({
      rpc,
      wallet: new Wallet(accounts.deployer.privateKey),
      owner: accounts.owner.address,
      operators: [ground.liquidator],
      sink: accounts.sink.address,
      delaySeconds: 86_400,
      wrappedNative: addresses.weth,
      registry: [
        ...(await registryFor(view, [{ name: 'maker-clip', config, definition: maker as never }])),
        factoryEntry('uniswap-v3', addresses.uniswapV3.factory),
      ],
      onSent: async () => void (await ground.mine()),
    })
    executor = deployed.executor
  }, 180_000)
  afterAll(() => played?.sandbox.stop())

  const ask = async (to: Address, data: string): Promise<bigint> => {
    const answer = (await played.sandbox.rpc.request('eth_call', [{ to, data }, 'latest'])) as Hex
    return BigInt(answer.slice(0, 66))
  }
  const held = (token: Address): Promise<bigint> => ask(token, erc20.encodeFunctionData('balanceOf', [executor]))
  const sold = (tokenIn: Address, tokenOut: Address, amountIn: bigint): Promise<bigint> =>
    ask(
      played.sandbox.addresses.uniswapV3.quoterV2,
      quoter.encodeFunctionData('quoteExactInputSingle', [[tokenIn, tokenOut, amountIn, FEE, 0n]]),
    )
  const plain = (call: Call): Instruction => ({ op: 'act', call, approve: null, callback: null })
  const swap = (sell: Address, buy: Address, sells: SwapAmount): Instruction => {
    const { tokens, uniswapV3 } = played.sandbox.addresses
    const { factory, pools } = uniswapV3
    const pool = pools.find(
      ({ pair, fee }) =>
        fee === FEE && [sell, buy].every((token) => pair.some((symbol) => tokens[symbol].address === token)),
    )
    return {
      op: 'swap',
      kind: 'uniswap-v3',
      factory,
      pool: pool!.address,
      sell,
      buy,
      feePips: FEE,
      amount: sells,
      minimum: amount(0n),
    }
  }
  const order = (program: readonly Instruction[]): Order => ({
    ...{ firstBlock: 0, lastBlock: 2 ** 40, minimumNet: wei(0n), tipShareBps: bps(0n), expects: [], program },
  })
  const executed = (program: readonly Instruction[], timestamp: number) =>
    played.ground.settle(
      [{ from: played.ground.liquidator, to: executor, data: encodeOrder(order(program)) }],
      timestamp,
    )

  /** The one opportunity of its kind, against a collateral. */
  const foundIn = (scene: MakerScene, kind: string, gem: Address): Opportunity<Case> => {
    const market = ilksOf(scene.book).find(({ data }) => data.gem === gem)!
    const found = played.strategy.assess(scene, market, [...scene.book.positionsOf(market.id)])
    return found.find((one): one is Opportunity<Case> => !isBlocked(one) && one.kind === kind)!
  }

  it.each(['WETH', 'WBTC'] as const)(
    'keeps a reward and then buys %s with what it is sold for, to the wei',
    async (symbol) => {
      const { sandbox, ground, strategy, scenario, sceneAfter } = played
      const { tokens, weth } = sandbox.addresses
      const [gem, dai] = [tokens[symbol].address, tokens.DAI.address]
      // Urns until one is against the collateral wanted.
      for (const [at, who] of ground.actors.entries()) await scenario.open(who, randomOf(500 + at))
      const price = scenario.prices.find(({ feed }) => feed === tokens[symbol].feed)!
      const view = await ground.settle([await ground.price(price.feed, (price.answer * 80n) / 100n)])
      const barking = await sceneAfter(view, 12)
      const bark = foundIn(barking, 'bark', gem)
      const barkTerms = strategy.terms(barking, bark, null)
      expect(barkTerms.tags).toContain('poke-spotter')
      const reward = barkTerms.rewards[0]!.amount
      const wethForReward = await sold(dai, weth, reward)
      const before = [await held(weth), await held(dai)] as const
      const barked = strategy.encode(barking.book, { opportunity: bark, input: null, terms: barkTerms }, executor)
      await executed(
        [
          ...[...barked.prepare, barked.act('0x'), ...barked.finish].map(plain),
          swap(dai, weth, { gainedLess: amount(0n) }),
        ],
        barking.block.timestamp,
      )
      expect([(await held(weth)) - before[0], (await held(dai)) - before[1]]).toEqual([wethForReward, 0n])

      // The price it is sold at falls below what it fetches; the pools have not moved.
      const taking = await sceneAfter(await ground.mine(), symbol === 'WETH' ? 30_000 : 50_000)
      const take = foundIn(taking, 'take', gem)
      const input = take.feasible!.segments.at(-1)!.to
      const terms = strategy.terms(taking, take, input)
      const seized = terms.seized[0]!.amount
      const wethGot = symbol === 'WETH' ? (seized as bigint) : await sold(gem, weth, seized)
      const spent = (wethGot * 95n) / 100n
      const daiGot = await sold(weth, dai, spent)
      expect(daiGot).toBeGreaterThan(terms.repay)
      const encoded = strategy.encode(taking.book, { opportunity: take, input, terms }, executor)
      const callback = encoded.callback!
      const inside: readonly Instruction[] = [
        ...callback.enter.map(plain),
        ...(symbol === 'WETH' ? [] : [swap(gem, weth, { gainedLess: amount(0n) })]),
        swap(weth, dai, { exactly: amount(spent) }),
        ...callback.leave.map(plain),
      ]
      const act: Instruction = {
        op: 'act',
        call: encoded.act(encodeProgram(inside)),
        approve: { asset: dai, spender: take.pays!.spender, amount: terms.repay },
        callback: { from: callback.from, selector: callback.selector, inside },
      }
      const then = [await held(weth), await held(dai), await held(gem)] as const
      await executed([...encoded.prepare.map(plain), act, ...encoded.finish.map(plain)], taking.block.timestamp)
      expect((await held(weth)) - then[0]).toBe(wethGot - spent)
      expect((await held(dai)) - then[1]).toBe(daiGot - terms.repay)
      if (symbol === 'WBTC') expect(await held(gem)).toBe(then[2])

      // Nothing of ours stays in the vat but fractions of a unit, and nobody is left who may move it.
      const { vat: vatAt, daiJoin } = systemOf(taking.book)!.data
      const { ilk, clip, decimals } = ilksOf(taking.book).find(({ data }) => data.gem === gem)!.data
      const stays = await ask(vatAt, vat.encodeFunctionData('gem', [ilk, executor]))
      expect(stays).toBeLessThan(10n ** BigInt(18 - decimals))
      expect(await ask(vatAt, vat.encodeFunctionData('dai', [executor]))).toBeLessThan(4n * 10n ** 27n)
      const can = new Interface(['function can(address, address) view returns (uint256)'])
      for (const whom of [clip, daiJoin])
        expect(await ask(vatAt, can.encodeFunctionData('can', [executor, whom]))).toBe(0n)
    },
  )
})
