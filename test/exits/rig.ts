import { Interface } from 'ethers'
import { expect } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import { marketId, nothingFolded, type Position, positionId } from '#core/book.ts'
import { type ExitDefinition, venueOfExit } from '#core/exit.ts'
import type { FlashDefinition } from '#core/flash.ts'
import { amount, bps, wei } from '#core/numbers.ts'
import type { Opportunity, Terms } from '#core/opportunity.ts'
import { gasFreeProfit, type Plan } from '#core/plan.ts'
import { call } from '#core/program.ts'
import type { Strategy } from '#core/strategy.ts'
import type { Venue } from '#core/venue.ts'
import { registryFor } from '../../contracts/registry-for.ts'
import morphoFlash from '../../flash/morpho/index.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { packaged } from '../../sandbox/packaged.ts'
import { createBooks } from '../../src/book/books.ts'
import { viewAt } from '../../src/chain/view.ts'
import { dataFeeSources, noDataFees } from '../../src/engine/data-fees.ts'
import { decide } from '../../src/engine/decide.ts'
import { Mirror } from '../../src/engine/mirror.ts'
import type { Module } from '../../src/engine/modules.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { nextBlock } from '../../src/scene/next-block.ts'
import { plainly } from '../../src/scene/scene.ts'
import uniswapV3 from '../../venues/uniswap-v3/index.ts'
import { account, type Bench, deployOn } from '../executor/bench.ts'
import { send } from '../executor/calls.ts'
import { order } from '../executor/programs.ts'

const abi = new Interface(executorAbi)
export const blockSeconds = 12

/** A loan that can be closed: the stand-in market takes `pay` of the debt and hands over `give` of a wrapped token. */
export type Loan = { readonly debt: Address; readonly pay: bigint; readonly seize: Address; readonly give: bigint }
export type Exiting = { readonly name: string; readonly definition: ExitDefinition; readonly config: unknown }

/** As the executor says it, in wei; what the transaction cost by its receipt. */
export type Executed = { readonly gained: bigint; readonly gasCost: bigint; readonly paid: bigint }

export type ExitRig = {
  readonly bench: Bench
  readonly executor: Address
  readonly mirrorOf: (loan: Loan) => Promise<Mirror>
  /** What is planned for the next block, from a book read anew. */
  readonly planOf: (loan: Loan) => Promise<Plan>
  /** Sent in exactly that block. @returns what the chain says was gained. */
  readonly execute: (plan: Plan) => Promise<Executed>
  readonly head: () => Promise<{ readonly number: string; readonly timestamp: string; readonly hash: Hex }>
}

/** An executor that may redeem by these exits, the real Uniswap V3 pool of the bench, and Morpho that lends. */
export async function exitRig(
  bench: Bench,
  exits: readonly Exiting[],
  options: {
    readonly dataFees?: keyof typeof dataFeeSources | 'none'
    /** Who lends; Morpho where it is left out. */
    readonly lender?: { readonly definition: FlashDefinition; readonly config: unknown }
  } = {},
): Promise<ExitRig> {
  const { dataFees = 'none' } = options
  const lender = options.lender ?? { definition: morphoFlash as never, config: { morpho: bench.morpho.address } }
  const { name: source } = lender.definition
  const { batch, rpc } = bench
  const quoter = batch.deploy(packaged('@uniswap/v3-periphery/artifacts/contracts/lens/QuoterV2.sol/QuoterV2.json'), [
    bench.v3.factory.address,
    bench.weth.address,
  ])
  await batch.flush()
  const head: ExitRig['head'] = async () => (await rpc.request('eth_getBlockByNumber', ['latest', false])) as never
  const registry = await registryFor(await viewAt(rpc, (await head()).hash), [...exits, { name: source, ...lender }])
  const { owner, operator, sink } = account
  const known = { ...bench, registry: [...bench.registry, ...registry] }
  const executor = await deployOn(known, owner.address, [operator.address], sink.address, dataFees)
  const venues = [
    ...exits.map(({ name, definition, config }): Module<Venue> => {
      const module = venueOfExit(definition.create(config)) as unknown as Venue
      return { key: `exit/${name}`, name, module }
    }),
    {
      ...{ key: 'venue/v3', name: 'uniswap-v3' },
      module: uniswapV3.create({
        ...{ factory: bench.v3.factory.address, quoter: quoter.address, fromBlock: 0, fees: [3_000] },
      }) as unknown as Venue,
    },
  ]
  const fees = dataFees === 'none' ? noDataFees : dataFeeSources[dataFees]
  const flash = lender.definition.create(lender.config)
  const mirrorOf = async (loan: Loan): Promise<Mirror> => {
    const modules = {
      ...{ venues, flash: [{ key: `flash/${source}`, name: source, module: flash }] },
      strategies: [{ key: 'strategy/loans', name: 'loans', module: strategyOf(bench.market, loan) }],
    }
    const mirror = new Mirror(createBooks(8), modules, [bench.weth.address], blockSeconds, fees)
    await mirror.load(await viewAt(rpc, (await head()).hash), () => undefined)
    return mirror
  }
  const planOf = async (loan: Loan): Promise<Plan> => {
    const { hash } = await head()
    const { block } = await viewAt(rpc, hash)
    const mirror = await mirrorOf(loan)
    const spec = plainly(nextBlock({ hash, block, gasUsed: 0n, gasLimit: 2n }, blockSeconds), 'head')
    const settings = { executor, wrapped: bench.weth.address, tipShareBps: bps(0n), minimumNet: wei(1n), driftPpm: 0 }
    const free = { priorityFee: wei(1n), gasLimit: 16_000_000 }
    const { plans, skips } = decide(
      mirror,
      spec,
      { ...settings, ...free },
      () => undefined,
      () => null,
    )
    if (plans[0] === undefined)
      throw new Error(`no plan: ${JSON.stringify(skips.map(({ reason, detail }) => [reason, detail]))}`)
    return plans[0]
  }
  const execute: ExitRig['execute'] = async (plan) => {
    await rpc.request('evm_setNextBlockTimestamp', [plan.block.timestamp])
    const data = encodeOrder(order(plan.program))
    const receipt = await send(rpc, { from: account.operator.address, to: executor, data })
    expect(receipt.status).toBe('0x1')
    const executed = receipt.logs.map((log) => abi.parseLog(log)).find((log) => log?.name === 'Executed')
    const { gained, gasCost } = (executed as NonNullable<typeof executed>).args as unknown as Executed
    return { gained, gasCost, paid: receipt.gasUsed * receipt.gasPrice }
  }
  return { bench, executor, mirrorOf, planOf, execute, head }
}

/** Planned and carried out: to the wei. @returns the plan. */
export async function expectExact(rig: ExitRig, loan: Loan): Promise<Plan> {
  const plan = await rig.planOf(loan)
  expect(
    (await rig.execute(plan)).gained,
    JSON.stringify(loan, (_, one) => (typeof one === 'bigint' ? `${one}` : one)),
  ).toBe(gasFreeProfit(plan.sum))
  return plan
}

/** As much of a strategy as a mirror and a decision ask for. */
function strategyOf(market: Contract, loan: Loan): Strategy {
  const position: Position = { id: positionId('loan'), market: marketId('loans'), owner: null, data: {} }
  const opportunity: Opportunity = {
    ...{ id: 'loan', kind: 'liquidate', market: position.market, positions: [position.id] },
    ...{ pays: { asset: loan.debt, spender: market.address }, gets: [loan.seize], capital: 'before' },
    ...{ feasible: { input: 'pay', segments: [{ from: loan.pay, to: loan.pay }] }, data: {} },
  }
  const terms: Terms = {
    repay: amount(loan.pay),
    seized: [{ asset: loan.seize, amount: amount(loan.give) }],
    ...{ rewards: [], badDebt: amount(0n), tags: [], after: [] },
  }
  const liquidate = market.abi.encodeFunctionData('liquidate', [loan.debt, loan.pay, loan.seize, loan.give]) as Hex
  return {
    bootstrap: async function* () {
      yield [
        { op: 'put-market', market: { id: position.market, epoch: 0, data: {} } },
        { op: 'put-position', position },
      ]
    },
    watches: () => [],
    fold: () => nothingFolded,
    refresh: async () => [],
    feeds: () => [],
    assets: () => [loan.debt, loan.seize],
    exposure: () => 'always',
    indices: () => [],
    nextChange: () => null,
    judge: () => ({}),
    assess: () => [opportunity],
    terms: () => terms,
    encode: () => ({ prepare: [], act: () => call(market.address, liquidate), callback: null, finish: [] }),
    outcome: () => [],
  } as unknown as Strategy
}
