import { Interface } from 'ethers'
import { type Address, address, type Hex } from '#core/address.ts'
import { KeeperError } from '#core/error.ts'
import type { Deed, Ground } from '../../../../sandbox/fixture.ts'
import { accounts, deployer, type World } from '../../../../sandbox/world.ts'
import { type RawBlock, viewAt } from '../../../../src/chain/view.ts'

const token = new Interface([
  'function mint(address to, uint256 units)',
  'function deposit() payable',
  'function transfer(address to, uint256 units)',
])
const aggregator = new Interface(['function latestRound() view returns (uint256)', 'function submit(uint256, int256)'])
const someone = (at: number): Address => address(`0x${(0xb1000 + at).toString(16).padStart(40, '0')}`)

/** A world to play on, without relay or builder: senders are impersonated, blocks come when asked for. */
export async function groundOn(world: World): Promise<Ground> {
  const { rpc, tokens } = world
  const actors = [0, 1, 2, 3, 4, 5, 6, 7].map(someone)
  const [liquidator, rival] = [someone(0xa0), someone(0xb0)]
  for (const who of [...actors, liquidator, rival])
    await rpc.request('anvil_setBalance', [who, `0x${(10n ** 26n).toString(16)}`])
  const send = async ({ from, to, data, value = 0n }: Deed): Promise<Hex> =>
    (await rpc.request('eth_sendTransaction', [
      { from, to, data, gas: '0xf42400', value: `0x${value.toString(16)}`, gasPrice: '0x174876e800' },
    ])) as Hex
  const mine = async (timestamp?: number) => {
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
      for (const [at, hash] of hashes.entries()) {
        const { status } = (await rpc.request('eth_getTransactionReceipt', [hash])) as { status: string }
        if (status !== '0x1')
          throw new KeeperError('reverted', `${at}: ${JSON.stringify(deeds[at]?.data.slice(0, 10))}`)
      }
      return view
    },
    gift: (of, to, units) =>
      of === tokens.WETH.address
        ? [
            { from: deployer, to: of, data: token.encodeFunctionData('deposit') as Hex, value: units },
            { from: deployer, to: of, data: token.encodeFunctionData('transfer', [to, units]) as Hex },
          ]
        : [{ from: deployer, to: of, data: token.encodeFunctionData('mint', [to, units]) as Hex }],
    price: async (feed, answer) => {
      const to = Object.values(tokens).find((one) => one.oracle.feed === feed)?.oracle.aggregator.address
      if (to === undefined) throw new KeeperError('not-found', `${feed} is no feed of the world`)
      const asked = { to, data: aggregator.encodeFunctionData('latestRound') }
      const round = BigInt((await rpc.request('eth_call', [asked, 'pending'])) as Hex)
      return {
        from: accounts.oracle.address,
        to,
        data: aggregator.encodeFunctionData('submit', [round + 1n, answer]) as Hex,
      }
    },
  }
}
