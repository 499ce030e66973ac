import { Interface } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executorAbi } from '#abis/executor.ts'
import type { Address, Hex } from '#core/address.ts'
import type { Instruction, Order } from '#core/program.ts'
import type { Trust } from '#core/trust.ts'
import { readExecutor } from '../../contracts/read-executor.ts'
import { exitEntry, type RegistryEntry } from '../../contracts/registry.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { encodeOrder } from '../../src/execution/encode-order.ts'
import { attack, printAttacks } from './attack.ts'
import { account, type Bench, deployOn, E18, startBench } from './bench.ts'
import { outcomeOf, send } from './calls.ts'
import { act, exactly, gainedLess, order, redeem } from './programs.ts'

type Recipe = Omit<Extract<Trust, { kind: 'exit' }>, 'kind'>
const way = { paysNothing: 0, takesMore: 1, callsBack: 2, paysThrough: 3 }

describe('wrapped tokens', () => {
  let bench: Bench
  let executor: Address
  let vault: Contract
  let cToken: Contract
  let cEther: Contract
  let comptroller: Contract
  let hostile: Contract
  let [aWeth, aPlain] = [{} as Contract, {} as Contract]

  beforeAll(async () => {
    bench = await startBench()
    const { batch, weth, tokens, market } = bench
    const deployer = account.deployer.address
    const make = (name: string, args: readonly unknown[] = []) => batch.deploy(compiledCode(bench.own, name), args)
    const plain = tokens.PlainToken
    vault = make('StandInVault', [weth.address, 0])
    comptroller = make('StandInComptroller')
    cToken = make('StandInCErc20', [comptroller.address, weth.address])
    cEther = make('StandInCEther', [comptroller.address])
    hostile = make('HostileWrapper')
    const pool = make('StandInATokenPool')
    for (const { address } of [weth, plain]) batch.call(deployer, pool, 'list', [address])
    await batch.flush()
    const named = async (asset: Contract): Promise<Contract> => ({
      abi: new Interface(compiledCode(bench.own, 'StandInAToken').abi),
      address: String((await batch.read(pool, 'tokenOf', [asset.address]))[0]).toLowerCase() as Address,
    })
    ;[aWeth, aPlain] = [await named(weth), await named(plain)]
    executor = await deployOn(
      { ...bench, registry: [...bench.registry, ...entriesOf(pool, vault, cToken, cEther, hostile, aWeth, aPlain)] },
      account.owner.address,
      [account.operator.address],
    )
    for (const one of [vault, cToken, hostile, aWeth, aPlain]) {
      batch.call(deployer, one, 'mint', [market.address, 10n ** 30n])
      batch.call(deployer, one, 'mint', [executor, 7n * E18])
    }
    batch.call(deployer, cEther, 'mint', [market.address, 10n ** 30n])
    for (const { address } of [vault, cToken, pool]) {
      batch.call(deployer, weth, 'transfer', [address, 1_000n * E18])
      batch.call(deployer, plain, 'mint', [address, 1_000n * E18])
    }
    for (const { address } of [cEther, hostile]) batch.send(deployer, address, '0x', 'ether', 100n * E18)
    await batch.flush()
  })
  afterAll(() => bench?.stop())
  printAttacks('Through wrapped tokens')

  function entriesOf(pool: Contract, ...tokens: readonly Contract[]): readonly RegistryEntry[] {
    const [inVault, market, ether, bad, ...ofPool] = tokens as [Contract, Contract, Contract, Contract, ...Contract[]]
    const of = (token: Contract, name: string, takes: Recipe['takes'], rest: Partial<Recipe> = {}): RegistryEntry => {
      const selector = (rest.redeemer === undefined ? token : pool).abi.getFunction(name)?.selector as Hex
      const recipe: Recipe = {
        token: token.address,
        redeemer: token.address,
        selector,
        takes,
        answer: 'any',
        pays: 'token',
      }
      return exitEntry({ ...recipe, ...rest })
    }
    return [
      of(inVault, 'redeem', ['amount', 'executor', 'executor']),
      of(market, 'redeem', ['amount'], { answer: 'zero' }),
      of(ether, 'redeem', ['amount'], { answer: 'zero', pays: 'native' }),
      of(bad, 'redeem', ['amount']),
      ...ofPool.map((one) => of(one, 'withdraw', ['underlying', 'amount', 'executor'], { redeemer: pool.address })),
    ]
  }

  /** The market hands over so much of a token. */
  const get = (token: Address, units: bigint): Instruction => act(bench.market, 'redeem', [units, token, executor])
  const outcome = (program: readonly Instruction[], rest: Partial<Order> = {}): Promise<string> =>
    outcomeOf(bench.rpc, {
      from: account.operator.address,
      to: executor,
      data: encodeOrder(order(program, rest)),
      gasPrice: 0n,
    })
  const gainOf = async (program: readonly Instruction[]): Promise<bigint> => {
    let [low, high] = [0n, 2n ** 100n]
    // The greatest minimum it still reaches, at no price of gas, is what it gained.
    while (high - low > 1n) {
      const middle = (low + high) / 2n
      if ((await outcome(program, { minimumNet: middle as never })) === 'ok') low = middle
      else high = middle
    }
    return low
  }
  const weth = (): Address => bench.weth.address

  it('a vault share, a cToken and an aToken that were gained are redeemed, and nothing that stood there', async () => {
    const one = (token: Contract, units: bigint) => [
      get(token.address, units),
      redeem(token.address, weth(), gainedLess(0n)),
    ]
    expect(await gainOf(one(vault, 3n * E18))).toBe((33n * E18) / 10n)
    expect(await gainOf(one(cToken, 10n ** 10n))).toBe((10n ** 10n * ((await stored()) as bigint)) / E18)
    expect(await gainOf(one(aWeth, 5n * E18))).toBe(5n * E18)
  })

  const stored = async () => (await bench.batch.read(cToken, 'exchangeRateCurrent', []))[0]

  it('native currency that a market pays with 2,300 gas becomes the wrapped token', async () => {
    const rate = (await bench.batch.read(cEther, 'exchangeRateCurrent', []))[0] as bigint
    const program = [get(cEther.address, 10n ** 10n), redeem(cEther.address, weth(), gainedLess(0n))]
    expect(await gainOf(program)).toBe((10n ** 10n * rate) / E18)
  })

  it('less is kept where the order says so, and no more is sold than was gained', async () => {
    const program = (amount: ReturnType<typeof exactly>) => [
      get(vault.address, 3n * E18),
      redeem(vault.address, weth(), amount),
    ]
    expect(await gainOf(program(gainedLess(E18)))).toBe((22n * E18) / 10n)
    expect(await gainOf(program(exactly(E18)))).toBe((11n * E18) / 10n)
    expect(await gainOf(program(exactly(100n * E18)))).toBe((33n * E18) / 10n)
  })

  it('really sent, standing shares stay, and the shares gained are gone', async () => {
    const program = [get(vault.address, 3n * E18), redeem(vault.address, weth(), gainedLess(0n))]
    const data = encodeOrder(order(program))
    expect((await send(bench.rpc, { from: account.operator.address, to: executor, data })).status).toBe('0x1')
    expect(await bench.batch.read(vault, 'balanceOf', [executor])).toEqual([7n * E18])
  })

  attack(
    'redeem what stands there, nothing gained',
    async () => `${await gainOf([redeem(vault.address, weth(), exactly(E18))])} gained`,
    /^0 gained$/,
  )
  attack(
    'have a pool pay another asset than the one gained, out of what stands there',
    () =>
      outcome([get(aWeth.address, E18), redeem(aWeth.address, bench.tokens.PlainToken.address, gainedLess(0n), 1n)]),
    /^TooLittle/,
  )
  attack(
    'redeem a token that nobody registered',
    () =>
      outcome([
        get(bench.tokens.PlainToken.address, E18),
        redeem(bench.tokens.PlainToken.address, weth(), gainedLess(0n)),
      ]),
    /^NotRegistered/,
  )
  attack(
    'get less than the minimum',
    () => outcome([get(vault.address, E18), redeem(vault.address, weth(), gainedLess(0n), (11n * E18) / 10n + 1n)]),
    /^TooLittle/,
  )
  attack(
    'a market that says no by its answer passes for one that paid',
    async () => {
      const at = account.deployer.address
      bench.batch.call(at, comptroller, 'set', [0, cToken.address, true])
      await bench.batch.flush()
      const found = await outcome([
        get(cToken.address, E18 / 10n ** 8n),
        redeem(cToken.address, weth(), gainedLess(0n)),
      ])
      bench.batch.call(at, comptroller, 'set', [0, cToken.address, false])
      await bench.batch.flush()
      return found
    },
    /^Answered.* 9\b/,
  )
  attack(
    'native currency turned into another token than the wrapped one',
    () =>
      outcome([
        get(cEther.address, 10n ** 10n),
        redeem(cEther.address, bench.tokens.PlainToken.address, gainedLess(0n)),
      ]),
    /^BadProgram/,
  )
  const turned = async (to: keyof typeof way, what: Hex = '0x', puppet: Address = account.stranger.address) => {
    bench.batch.call(account.deployer.address, hostile, 'set', [way[to], puppet, what])
    await bench.batch.flush()
    return outcome([
      get(hostile.address, E18),
      redeem(hostile.address, weth(), gainedLess(0n), to === 'paysNothing' ? 1n : 0n),
    ])
  }
  attack('a registered token that pays nothing', () => turned('paysNothing'), /^TooLittle/)
  attack('a registered token that takes a share of those standing there', () => turned('takesMore'), /^StandingLost/)
  attack('a registered token that calls back', () => turned('callsBack', '0x12345678'), /^CallbackUnexpected/)
  attack(
    'a registered token that enters again',
    () => turned('callsBack', encodeOrder(order([{ op: 'wrap' }]))),
    /^NotOperator/,
  )
  attack(
    'a registered token that has us run a program of its own',
    () => turned('callsBack', new Interface(executorAbi).encodeFunctionData('attempt', ['0x', '0x']) as Hex),
    /^NotSelf/,
  )
  attack(
    'a registered token that pays native currency by somebody unknown',
    async () => {
      const puppet = bench.batch.deploy(compiledCode(bench.own, 'Puppet'))
      await bench.batch.flush()
      return turned('paysThrough', '0x', puppet.address)
    },
    /^NativeRefused/,
  )
  attack(
    'a redemption sent to the module itself',
    async () => {
      const { pools } = await readExecutor(bench.rpc, executor, { operators: [], registry: [] })
      const data = new Interface(['function redeem(bytes)']).encodeFunctionData('redeem', [`0x${'00'.repeat(73)}`])
      return outcomeOf(bench.rpc, { from: account.operator.address, to: pools, data: data as Hex })
    },
    /^NotExecuting/,
  )
})
