import { Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { View } from '#core/world.ts'
import { type RawBlock, viewAt } from '../src/chain/view.ts'
import type { Deed, Ground } from './fixture.ts'
import type { Sandbox, TokenAddresses } from './sandbox.ts'

const token = new Interface(['function mint(address to, uint256 units)', 'function deposit() payable'])
const transfer = new Interface(['function transfer(address to, uint256 units)'])
const aggregator = new Interface(['function latestRound() view returns (uint256)', 'function submit(uint256, int256)'])

const someone = (at: number): Address => address(`0x${(0xac7000 + at).toString(16).padStart(40, '0')}`)
const actorCount = 24
/** Below EIP-7825's limit. */
const gas = '0xf42400'
const rich = `0x${(10n ** 26n).toString(16)}`

/** What of the sandbox is needed to play on its chain. */
type Playable = Pick<Sandbox, 'rpc'> & {
  readonly accounts: Pick<Sandbox['accounts'], 'deployer' | 'oracle'>
  readonly addresses: Pick<Sandbox['addresses'], 'tokens' | 'weth'>
}

/** The private chain to play on: nobody needs a key, blocks come when asked for, and can be undone. */
export async function privateGround(sandbox: Playable): Promise<Ground> {
  const { rpc } = sandbox
  const actors = Array.from({ length: actorCount }, (_, at) => someone(at))
  const [liquidator, rival] = [someone(0xa00), someone(0xb00)]
  const mint = sandbox.accounts.deployer.address
  await rpc.request('anvil_autoImpersonateAccount', [true])
  await rpc.request('evm_setBlockGasLimit', ['0x174876e800'])
  for (const who of [...actors, liquidator, rival, mint]) await rpc.request('anvil_setBalance', [who, rich])
  const send = async (deed: Deed): Promise<Hex> => (await rpc.request('eth_sendTransaction', [shaped(deed)])) as Hex
  const mine = async (timestamp?: number): Promise<View> => {
    await rpc.request('anvil_setNextBlockBaseFeePerGas', ['0x3b9aca00'])
    if (timestamp !== undefined) await rpc.request('evm_setNextBlockTimestamp', [timestamp])
    await rpc.request('evm_mine', [])
    const { hash } = (await rpc.request('eth_getBlockByNumber', ['latest', false])) as RawBlock
    return viewAt(rpc, hash as Hex)
  }
  return {
    rpc,
    can: () => true,
    speaksFor: () => true,
    actors,
    liquidator,
    rival,
    send,
    mine,
    settle: async (deeds, timestamp) => {
      const hashes: Hex[] = []
      for (const deed of deeds) hashes.push(await send(deed))
      const view = await mine(timestamp)
      for (const [at, hash] of hashes.entries()) await mustHaveWorked(sandbox, hash, deeds[at] as Deed)
      return view
    },
    gift: (of, to, units) => giftOf(sandbox, mint, of, to, units),
    price: async (feed, answer) => {
      const { aggregator: at } = feedOf(sandbox, feed)
      const latest = await rpc.request('eth_call', [
        { to: at, data: aggregator.encodeFunctionData('latestRound') },
        'pending',
      ])
      const data = aggregator.encodeFunctionData('submit', [BigInt(latest as Hex) + 1n, answer]) as Hex
      return { from: sandbox.accounts.oracle.address, to: at, data }
    },
  }
}

const shaped = ({ from, to, data, value = 0n }: Deed) => ({
  ...{ from, to, data, gas, value: `0x${value.toString(16)}` },
  ...{ maxFeePerGas: '0x174876e800', maxPriorityFeePerGas: '0x0' },
})

/** @throws `not-found` where the feed is none of the sandbox's. */
function feedOf({ addresses }: Playable, feed: Address): TokenAddresses {
  const found = Object.values(addresses.tokens).find((one) => one.feed === feed)
  if (found === undefined) throw new KeeperError('not-found', `${feed} is no feed of the private chain`)
  return found
}

function giftOf({ addresses }: Playable, from: Address, of: Address, to: Address, units: bigint): readonly Deed[] {
  if (of !== addresses.weth) return [{ from, to: of, data: token.encodeFunctionData('mint', [to, units]) as Hex }]
  return [
    { from, to: of, data: token.encodeFunctionData('deposit') as Hex, value: units },
    { from, to: of, data: transfer.encodeFunctionData('transfer', [to, units]) as Hex },
  ]
}

async function mustHaveWorked({ rpc }: Playable, hash: Hex, { from, to, data }: Deed): Promise<void> {
  const receipt = (await rpc.request('eth_getTransactionReceipt', [hash])) as { readonly status: string } | null
  if (receipt?.status === '0x1') return
  const trace = (await rpc.request('debug_traceTransaction', [hash, { tracer: 'callTracer' }]).catch(() => ({}))) as {
    readonly error?: string
    readonly revertReason?: string
    readonly output?: string
  }
  const why = trace.revertReason ?? trace.output ?? trace.error ?? 'it is in no block'
  throw new KeeperError('reverted', `${data.slice(0, 10)} from ${from} to ${to}: ${why}`)
}
