import { Interface } from 'ethers'
import { liquityManager, liquityPools, liquityPriceFeed } from '#abis/liquity.ts'
import { type Address, addressOfWord, type Hex, ZERO_ADDRESS } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import type { LiquityConfig } from './config.ts'
import { type Source, type System, type SystemMarket, systemId } from './records.ts'

/** Chainlink older than this sends Liquity's own price feed to its second oracle. Source: PriceFeed.TIMEOUT. */
const timeoutSeconds = 14_400
const priceFeed = new Interface(liquityPriceFeed)

/**
 * The whole system in three rounds of reads. A stability pool that tells the most it would offset keeps a part of its
 * deposits back: that later version of the rules was run against no contract, and is not proven.
 * @throws `bad-answer` where a read that every fork has does not answer.
 */
export async function readSystem(view: View, config: LiquityConfig): Promise<SystemMarket> {
  const { troveManager: manager, debtToken: symbol } = config
  const { ask, first } = asker(view, new Interface(liquityManager(symbol)))
  const at = await ask(manager, [
    ...['borrowerOperationsAddress', 'activePool', 'defaultPool', 'priceFeed', 'stabilityPool', '_stabilityPool'],
    ...[`${symbol.toLowerCase()}Token`, `_${symbol.toLowerCase()}Token`, 'liquityBaseParams'],
  ])
  const named = (...names: readonly string[]): Address => addressOfWord(first(at, ...names))
  const contracts = {
    borrowerOperations: named('borrowerOperationsAddress'),
    activePool: named('activePool'),
    defaultPool: named('defaultPool'),
    priceFeed: named('priceFeed'),
    stabilityPool: named('stabilityPool', '_stabilityPool'),
    debtToken: named(`${symbol.toLowerCase()}Token`, `_${symbol.toLowerCase()}Token`),
    parameters: at.get('liquityBaseParams') == null ? manager : named('liquityBaseParams'),
  }
  const figures = await ask(manager, [
    ...[`${symbol}_GAS_COMPENSATION`, 'L_ETH', `L_${symbol}Debt`, 'totalStakes', 'totalStakesSnapshot'],
    ...['totalCollateralSnapshot', 'lastETHError_Redistribution', `last${symbol}DebtError_Redistribution`],
    'getTroveOwnersCount',
  ])
  const figure = (name: string): bigint => BigInt(first(figures, name))
  const pools = asker(view, new Interface(liquityPools(symbol)))
  const active = await pools.ask(contracts.activePool, ['getETH', `get${symbol}Debt`])
  const closed = await pools.ask(contracts.defaultPool, ['getETH', `get${symbol}Debt`])
  const stability = await pools.ask(contracts.stabilityPool, [`getTotal${symbol}Deposits`, 'getMaxAmountToOffset'])
  const data: System = {
    ...{ manager, symbol, ...contracts },
    source: await readSource(view, contracts.priceFeed, config.source),
    isProven: stability.get('getMaxAmountToOffset') === null,
    reserve: figure(`${symbol}_GAS_COMPENSATION`),
    activeColl: BigInt(first(active, 'getETH')),
    activeDebt: BigInt(first(active, `get${symbol}Debt`)),
    defaultColl: BigInt(first(closed, 'getETH')),
    defaultDebt: BigInt(first(closed, `get${symbol}Debt`)),
    deposits: BigInt(first(stability, `getTotal${symbol}Deposits`)),
    collPerStake: figure('L_ETH'),
    debtPerStake: figure(`L_${symbol}Debt`),
    collError: figure('lastETHError_Redistribution'),
    debtError: figure(`last${symbol}DebtError_Redistribution`),
    totalStakes: figure('totalStakes'),
    stakesSnapshot: figure('totalStakesSnapshot'),
    collSnapshot: figure('totalCollateralSnapshot'),
    troves: figure('getTroveOwnersCount'),
  }
  return { id: systemId(manager), epoch: 0, data }
}

/** Liquity's price feed names its proxy and tells whether it trusts it (status 0); else as configured. */
async function readSource(view: View, at: Address, declared: Address | null): Promise<Source | null> {
  const { ask } = asker(view, priceFeed)
  const own = await ask(at, ['priceAggregator', 'status'])
  const [named, status] = [own.get('priceAggregator') ?? null, own.get('status') ?? null]
  const contract = declared ?? (named === null ? ZERO_ADDRESS : addressOfWord(named))
  if (contract === ZERO_ADDRESS || (status !== null && BigInt(status) !== 0n)) return null
  const decimals = (await ask(contract, ['decimals'])).get('decimals') ?? null
  if (decimals === null || BigInt(decimals) > 18n) return null
  return { contract, scale: 10n ** (18n - BigInt(decimals)), timeoutSeconds: status === null ? null : timeoutSeconds }
}

type Answers = ReadonlyMap<string, Hex | null>

function asker(view: View, known: Interface) {
  return {
    /** Views without arguments, by name; `null` where one reverts or answers nothing. */
    ask: async (to: Address, names: readonly string[]): Promise<Answers> => {
      const answers = await view.call(names.map((name) => ({ to, data: known.encodeFunctionData(name) as Hex })))
      return new Map(
        names.map((name, at) => {
          const answer = answers[at] ?? null
          return [name, answer === null || answer.length < 66 ? null : answer]
        }),
      )
    },
    first: (answers: Answers, ...names: readonly string[]): Hex => {
      const found = names.map((name) => answers.get(name) ?? null).find((one) => one !== null)
      if (found !== undefined) return found
      throw new KeeperError('bad-answer', `${names.join(' or ')} does not answer: check troveManager and debtToken`)
    },
  }
}
