import { FlashbotsBundleProvider, FlashbotsBundleResolution } from '@flashbots/ethers-provider-bundle'
import { id, JsonRpcProvider, Transaction, Wallet } from 'ethers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Hex } from '#core/address.ts'
import { usd } from '../../sandbox/market-data.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { type Call, signerOf } from '../../sandbox/signer.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { testAccount } from '../../sandbox/test-account.ts'

const coinbase = testAccount('builder').address
const gwei = 1_000_000_000n
type Answer = { result?: unknown; error?: { code: number; message: string } }

describe('the relay', () => {
  let sandbox: Sandbox
  const auth = new Wallet(testAccount('relay signer').privateKey)
  const other = new Wallet(testAccount('another searcher').privateKey)
  beforeAll(async () => {
    sandbox = await startSandbox({ borrowers: 'none', aave: [] })
  })
  afterAll(async () => sandbox.stop())
  beforeEach(async () => {
    await sandbox.mine()
  })
  const post = async (method: string, params: object, options: { by?: Wallet; signature?: string | null } = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: [params] })
    const signer = options.by ?? auth
    const signature = options.signature ?? `${signer.address}:${await signer.signMessage(id(body))}`
    const headers = { 'content-type': 'application/json', 'x-flashbots-signature': signature }
    if (options.signature === null) Reflect.deleteProperty(headers, 'x-flashbots-signature')
    const response = await fetch(sandbox.relayUrl, { method: 'POST', headers, body })
    return { status: response.status, ...((await response.json()) as Answer) }
  }
  const head = async () => Number(await sandbox.rpc.request('eth_blockNumber', []))
  const next = async () => `0x${((await head()) + 1).toString(16)}`
  const sign = async (operator: number, ...calls: Call[]) =>
    signerOf(sandbox.rpc, sandbox.accounts.operators[operator]!, sandbox.chainId).sign(...calls)
  const hashOf = (raw: Hex) => Transaction.from(raw).hash as Hex
  const transfer = (value: bigint, tip = gwei): Call => ({
    to: sandbox.accounts.sink.address,
    data: '0x',
    value,
    gas: 60_000n,
    tip,
  })
  const pay = (value: bigint): Call => ({ to: coinbase, data: '0x', value, gas: 60_000n })
  /** Withdraws from WETH what is not there. */
  const revert = (): Call => ({ to: sandbox.addresses.weth, data: `0x2e1a7d4d${'f'.repeat(64)}`, gas: 100_000n })
  const send = async (txs: readonly Hex[], more: object = {}, by = auth) =>
    post('eth_sendBundle', { txs, blockNumber: await next(), ...more }, { by })
  const transactions = async () =>
    ((await sandbox.rpc.request('eth_getBlockByNumber', ['latest', false])) as { transactions: string[] }).transactions

  test('includes a bundle whole, in order, at the top of its target block', async () => {
    await sandbox.setPrice('WETH', usd(3_000))
    const txs = await sign(0, transfer(1n), transfer(2n))
    const { result } = await send(txs)
    const mined = await sandbox.mine()
    expect(mined.bundles).toEqual([(result as { bundleHash: string }).bundleHash])
    expect((await transactions()).slice(0, 2)).toEqual(txs.map(hashOf))
    expect(await transactions()).toHaveLength(3)
  })

  test('refuses a missing, a malformed and a foreign signature with 403', async () => {
    const params = { txs: await sign(0, transfer(1n)), blockNumber: await next() }
    const foreign = `${auth.address}:${await other.signMessage(id('something else'))}`
    for (const signature of [null, 'nonsense', foreign]) {
      const { status, error } = await post('eth_sendBundle', params, { signature })
      expect(status).toBe(403)
      expect(error?.message).toMatch(/Signature/)
    }
    expect((await sandbox.mine()).bundles).toEqual([])
  })

  test('answers stats with 403, as the real one does', async () => {
    for (const method of ['flashbots_getBundleStatsV2', 'flashbots_getUserStatsV2', 'flashbots_getUserStats'])
      expect((await post(method, { blockNumber: await next() })).status).toBe(403)
  })

  test('includes nothing of a bundle that would revert, and spends no nonce', async () => {
    const txs = await sign(0, transfer(1n), revert())
    await send(txs)
    const mined = await sandbox.mine()
    expect(mined.bundles).toEqual([])
    expect(mined.left[0]?.why).toMatch(/would revert/)
    expect(await transactions()).toEqual([])
  })

  test('lets those revert that are named as such', async () => {
    const txs = await sign(0, revert(), transfer(1n))
    await send(txs, { revertingTxHashes: [hashOf(txs[0]!)] })
    await sandbox.mine()
    const receipts = (await sandbox.rpc.request('eth_getBlockReceipts', ['latest'])) as { status: string }[]
    expect(receipts.map((one) => one.status)).toEqual(['0x0', '0x1'])
  })

  test('orders bundles by what they pay for each gas, by coinbase payment or by tip', async () => {
    const [small] = await sign(0, transfer(1n, 2n * gwei))
    const [large] = await sign(1, pay(10n ** 17n))
    const [middle] = await sign(2, transfer(1n, 50n * gwei))
    for (const raw of [small!, large!, middle!]) await send([raw])
    await sandbox.mine()
    expect(await transactions()).toEqual([large!, middle!, small!].map(hashOf))
  })

  test('of two bundles on one nonce the better payer is included, and the other is not', async () => {
    const [poor] = await sign(0, transfer(1n, 2n * gwei))
    const [rich] = await sign(0, transfer(2n, 9n * gwei))
    await send([poor!])
    await send([rich!], {}, other)
    const mined = await sandbox.mine()
    expect(await transactions()).toEqual([hashOf(rich!)])
    expect(mined.left[0]?.why).toMatch(/nonce too low/)
  })

  test('a bundle takes the nonce of a transaction that waits in the mempool', async () => {
    const waiting = await signerOf(sandbox.rpc, sandbox.accounts.operators[3]!, sandbox.chainId).sign(transfer(3n))
    const [bundled] = await sign(3, transfer(4n))
    await sandbox.rpc.request('eth_sendRawTransaction', waiting as readonly Hex[])
    await send([bundled!])
    await sandbox.mine()
    expect(await transactions()).toEqual([hashOf(bundled!)])
    await sandbox.mine()
    expect(await transactions()).toEqual([])
  })

  test('a bundle may hold a transaction of the mempool: it is included once, where the bundle has it', async () => {
    const update = await sandbox.setPrice('WETH', usd(2_990))
    const later = await sandbox.setPrice('WETH', usd(2_980))
    const raw = (await sandbox.rpc.request('eth_getRawTransactionByHash', [update])) as Hex
    const [ours] = await sign(0, transfer(1n))
    await send([raw, ours!])
    await sandbox.mine()
    expect(await transactions()).toEqual([update, hashOf(ours!), later])
  })

  test('keeps a bundle for its block, drops it afterwards, and refuses a past one', async () => {
    const txs = await sign(0, transfer(1n))
    await send(txs, { blockNumber: `0x${((await head()) + 2).toString(16)}` })
    await sandbox.mine()
    expect(await transactions()).toEqual([])
    await sandbox.mine()
    expect(await transactions()).toEqual(txs.map(hashOf))
    const { error } = await send(txs, { blockNumber: `0x${(await head()).toString(16)}` })
    expect(error?.message).toMatch(/past/)
  })

  test('keeps to the timestamps of a bundle', async () => {
    const { timestamp } = await sandbox.mine()
    const txs = await sign(0, transfer(1n))
    await send(txs, { minTimestamp: timestamp + 100 })
    expect((await sandbox.mine({ timestamp: timestamp + 12 })).left[0]?.why).toMatch(/timestamps/)
    await send(txs, { maxTimestamp: timestamp + 20 })
    expect((await sandbox.mine({ timestamp: timestamp + 24 })).bundles).toEqual([])
    await send(txs, { minTimestamp: timestamp + 36, maxTimestamp: timestamp + 36 })
    expect((await sandbox.mine({ timestamp: timestamp + 36 })).bundles).toHaveLength(1)
  })

  test('replaces and cancels by uuid, for the same searcher only', async () => {
    const replacementUuid = '6f0d7a3e-6a3a-4c60-9a55-0d3b8f1f2a10'
    const [first] = await sign(0, transfer(1n))
    const [second] = await sign(0, transfer(2n))
    const [foreign] = await sign(1, transfer(3n))
    await send([first!], { replacementUuid })
    await send([second!], { replacementUuid })
    await send([foreign!], { replacementUuid }, other)
    expect((await post('eth_cancelBundle', { replacementUuid }, { by: other })).result).toHaveLength(1)
    await sandbox.mine()
    expect(await transactions()).toEqual([hashOf(second!)])
  })

  test('takes at most 100 transactions and 300,000 bytes', async () => {
    const many = await sign(0, ...Array.from({ length: 101 }, () => transfer(1n)))
    expect((await send(many)).error?.message).toMatch(/at most 100/)
    const large = await sign(0, { ...transfer(1n), data: `0x${'00'.repeat(300_000)}`, gas: 16_000_000n })
    expect((await send(large)).error?.message).toMatch(/at most 300000/)
    expect((await send([])).error?.message).toMatch(/at least one/)
    expect((await send(['0x1234'])).error?.message).toMatch(/decoded/)
  })

  test('simulates without a trace on the chain, and sees the direct payment', async () => {
    const before = await head()
    const txs = await sign(0, transfer(1n), pay(5n * 10n ** 15n), revert())
    const { result } = await post('eth_callBundle', { txs, blockNumber: await next(), stateBlockNumber: 'latest' })
    const { results, ...sum } = result as Record<string, string> & { results: Record<string, unknown>[] }
    expect(BigInt(sum.ethSentToCoinbase!)).toBe(5n * 10n ** 15n)
    expect(BigInt(sum.coinbaseDiff!)).toBe(BigInt(sum.gasFees!) + 5n * 10n ** 15n)
    expect(BigInt(sum.gasFees!)).toBe(BigInt(sum.totalGasUsed!) * gwei)
    expect(results.map((one) => 'error' in one)).toEqual([false, false, true])
    expect(await head()).toBe(before)
    expect(await sandbox.rpc.request('eth_getBalance', [coinbase, 'latest'])).toBe(
      await sandbox.rpc.request('eth_getBalance', [coinbase, `0x${before.toString(16)}`]),
    )
  })

  test('what a simulation says a bundle pays is what the coinbase gets', async () => {
    const txs = await sign(0, transfer(1n, 7n * gwei), pay(10n ** 15n))
    const { result } = await post('eth_callBundle', { txs, blockNumber: await next() })
    const balance = async () => BigInt((await sandbox.rpc.request('eth_getBalance', [coinbase, 'latest'])) as Hex)
    const before = await balance()
    await send(txs)
    await sandbox.mine()
    expect((await balance()) - before).toBe(BigInt((result as { coinbaseDiff: string }).coinbaseDiff))
  })

  test('includes a private transaction behind the bundles, unless it would revert', async () => {
    const [secret] = await sign(0, transfer(1n))
    const [bad] = await sign(1, revert())
    const [bundled] = await sign(2, transfer(1n))
    expect((await post('eth_sendPrivateTransaction', { tx: secret })).result).toBe(hashOf(secret!))
    await post('eth_sendPrivateTransaction', { tx: bad, maxBlockNumber: await next() })
    expect(await sandbox.rpc.request('txpool_status', [])).toMatchObject({ pending: '0x0' })
    await send([bundled!])
    await sandbox.mine()
    expect(await transactions()).toEqual([hashOf(bundled!), hashOf(secret!)])
    await sandbox.mine()
    expect(await transactions()).toEqual([])
  })

  test('cancels a private transaction', async () => {
    const [secret] = await sign(0, transfer(1n))
    await post('eth_sendPrivateTransaction', { tx: secret })
    expect((await post('eth_cancelPrivateTransaction', { txHash: hashOf(secret!) }, { by: other })).result).toBe(false)
    expect((await post('eth_cancelPrivateTransaction', { txHash: hashOf(secret!) })).result).toBe(true)
    await sandbox.mine()
    expect(await transactions()).toEqual([])
  })

  test('can be told to fail: 429, refusal, a lie, an odd answer, a block of others', async () => {
    const txs = await sign(0, transfer(1n))
    const faults = sandbox.relayFaults
    faults.answers.push({ kind: 'too-many', times: 1 }, { kind: 'refuse', times: 1 }, { kind: 'odd', times: 1 })
    expect((await send(txs)).status).toBe(429)
    expect((await send(txs)).error).toBeDefined()
    expect((await send(txs)).result).toBeNull()
    expect((await sandbox.mine()).bundles).toHaveLength(1)
    const more = await sign(0, transfer(1n))
    faults.answers.push({ kind: 'forget', times: 1 })
    expect((await send(more)).result).toBeDefined()
    expect((await sandbox.mine()).bundles).toEqual([])
    faults.missBlocks = 1
    await send(more)
    expect((await sandbox.mine()).bundles).toEqual([])
  })

  test('can place a moved pool before the bundles, unseen in the mempool', async () => {
    const txs = await sign(0, transfer(1n))
    await sandbox.movePoolsFirst({ LINK: usd(14) })
    expect(await sandbox.rpc.request('txpool_status', [])).toMatchObject({ pending: '0x0' })
    await send(txs)
    await sandbox.mine()
    expect((await transactions()).indexOf(hashOf(txs[0]!))).toBe(2)
  })

  test('the mempool keeps its order behind a bundle', async () => {
    const first = await sandbox.setPrice('LINK', usd(14))
    const second = await sandbox.setPrice('LINK', usd(13))
    const third = await sandbox.setPrice('DAI', usd(1))
    await send(await sign(0, transfer(1n)))
    await sandbox.mine()
    expect((await transactions()).slice(1)).toEqual([first, second, third])
  })

  /** The library learns of blocks by polling, from some time after it was asked: blocks come until it has seen one. */
  const fateOf = async <T>(waiting: Promise<T>): Promise<T> => {
    let known = false
    const settled = waiting.finally(() => {
      known = true
    })
    while (!known) {
      await sandbox.mine()
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    return settled
  }

  test('speaks with the Flashbots library: simulate, send, wait, receipts, replace', async () => {
    const node = new JsonRpcProvider(sandbox.rpcUrl, sandbox.chainId, { staticNetwork: true, cacheTimeout: -1 })
    node.pollingInterval = 20
    const network = { chainId: sandbox.chainId, name: 'private' }
    type Create = (node: unknown, auth: unknown, url: string, network: unknown) => Promise<FlashbotsBundleProvider>
    const create = FlashbotsBundleProvider.create.bind(FlashbotsBundleProvider) as unknown as Create
    const flashbots = await create(node, auth, sandbox.relayUrl, network)
    const raw = [...(await sign(0, transfer(1n), pay(10n ** 15n)))]
    const simulation = await flashbots.simulate(raw, (await head()) + 1)
    if ('error' in simulation) throw new Error(simulation.error.message)
    expect(simulation.firstRevert).toBeUndefined()
    expect(simulation.coinbaseDiff).toBeGreaterThan(10n ** 15n)
    const sent = await flashbots.sendRawBundle(raw, (await head()) + 1)
    if ('error' in sent) throw new Error(sent.error.message)
    expect(await fateOf(sent.wait())).toBe(FlashbotsBundleResolution.BundleIncluded)
    expect((await sent.receipts()).map((one) => one.status)).toEqual([1, 1])
    const lost = await flashbots.sendRawBundle([...(await sign(0, revert()))], (await head()) + 1)
    if ('error' in lost) throw new Error(lost.error.message)
    expect(await fateOf(lost.wait())).toBe(FlashbotsBundleResolution.BlockPassedWithoutInclusion)
    await expect(flashbots.getUserStatsV2()).rejects.toThrow(/403/)
    node.destroy()
  })
})
