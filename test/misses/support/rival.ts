import { readFileSync } from 'node:fs'
import { Interface } from 'ethers'
import type { Address, Hex } from '#core/address.ts'
import { UINT256_MAX } from '#core/numbers.ts'
import { artifactNamed, compile } from '../../../contracts/compile.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { type Call, signerOf } from '../../../sandbox/signer.ts'
import { testAccount } from '../../../sandbox/test-account.ts'

const contract = new Interface(['function act(address to, bytes data, uint256 bid)'])
const token = new Interface([
  'function mint(address to, uint256 units)',
  'function approve(address spender, uint256 units)',
  'function deposit() payable',
  'function transfer(address to, uint256 units)',
])
const pool = new Interface(['function liquidationCall(address, address, address, uint256, bool)'])
const morpho = new Interface([
  'function supplyCollateral((address, address, address, address, uint256), uint256, address, bytes)',
  'function borrow((address, address, address, address, uint256), uint256, uint256, address, address)',
  'function liquidate((address, address, address, address, uint256), address, uint256, uint256, bytes)',
])
const plenty = 10n ** 26n

/** What a place in the block is paid: wei for each gas above the base fee, and wei to the beneficiary directly. */
export type Bid = { readonly tip?: bigint; readonly direct?: bigint }
type Lent = Readonly<Record<'loan' | 'collateral' | 'oracle' | 'irm', Address>> & { readonly lltv: bigint }

/** Another keeper, without a loan and without a simulation. */
export type Rival = {
  readonly address: Address
  readonly contract: Address
  /** Into the mempool: it lands behind what is there already. */
  readonly later: (call: Call) => Promise<Hex>
  /** Ahead of every bundle of the next block. */
  readonly first: (...calls: readonly Call[]) => Promise<void>
  /** All that may be taken of an Aave account. */
  readonly aave: (pool: Address, collateral: Address, debt: Address, user: Address, bid?: Bid) => Call
  /** A loan of its own on Morpho: against so much collateral, so much. */
  readonly opens: (market: Lent, collateral: bigint, debt: bigint) => readonly Call[]
  /** A Morpho loan, by what is to be seized. */
  readonly morpho: (market: Lent, borrower: Address, seized: bigint, bid?: Bid) => Call
}

/** Armed with plenty of every token, allowed to the protocols named. */
export async function rivalOn(sandbox: Sandbox, spenders: readonly Address[], name = 'rival'): Promise<Rival> {
  const { rpc, addresses, chainId } = sandbox
  const who = testAccount(name)
  const at = testAccount(`${name}'s contract`).address
  const built = compile({
    compiler: 'solc',
    sources: { 'Rival.sol': readFileSync(new URL('./Rival.sol', import.meta.url), 'utf8') },
    read: () => undefined,
    evmVersion: 'cancun',
    runs: 200,
  })
  await rpc.request('anvil_setCode', [at, artifactNamed(built, 'Rival').deployed])
  for (const account of [who.address, at])
    await rpc.request('anvil_setBalance', [account, `0x${(10n ** 27n).toString(16)}`])
  const signer = signerOf(rpc, who, chainId)
  const through = (to: Address, data: string, { tip, direct = 0n }: Bid = {}): Call => ({
    to: at,
    data: contract.encodeFunctionData('act', [to, data, direct]) as Hex,
    gas: 2_000_000n,
    ...(tip === undefined ? {} : { tip }),
  })
  for (const [symbol, { address: of }] of Object.entries(addresses.tokens)) {
    if (symbol === 'WETH')
      await signer.send(
        { to: of, data: token.encodeFunctionData('deposit') as Hex, value: 10n ** 22n },
        { to: of, data: token.encodeFunctionData('transfer', [at, 10n ** 22n]) as Hex },
      )
    else await signer.send(through(of, token.encodeFunctionData('mint', [at, plenty])))
    for (const spender of spenders)
      await signer.send(through(of, token.encodeFunctionData('approve', [spender, UINT256_MAX])))
    await sandbox.mine()
  }
  return {
    address: who.address,
    contract: at,
    later: async (call) => (await signer.send(call))[0] as Hex,
    first: async (...calls) => void sandbox.relayFaults.before.push(...(await signer.sign(...calls))),
    aave: (to, collateral, debt, user, bid) =>
      through(to, pool.encodeFunctionData('liquidationCall', [collateral, debt, user, UINT256_MAX, false]), bid),
    opens: (market, collateral, debt) => [
      through(
        addresses.morpho,
        morpho.encodeFunctionData('supplyCollateral', [paramsOf(market), collateral, at, '0x']),
      ),
      through(addresses.morpho, morpho.encodeFunctionData('borrow', [paramsOf(market), debt, 0, at, at])),
    ],
    morpho: (market, borrower, seized, bid) =>
      through(
        addresses.morpho,
        morpho.encodeFunctionData('liquidate', [paramsOf(market), borrower, seized, 0, '0x']),
        bid,
      ),
  }
}

const paramsOf = ({ loan, collateral, oracle, irm, lltv }: Lent) => [loan, collateral, oracle, irm, lltv]
