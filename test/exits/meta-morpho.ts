import { AbiCoder, keccak256 } from 'ethers'
import type { Address } from '#core/address.ts'
import type { Contract } from '../../sandbox/batch.ts'
import { compiledCode } from '../../sandbox/compiled.ts'
import { packagedFactory } from '../../sandbox/packaged.ts'
import { testAccount } from '../../sandbox/test-account.ts'
import { account, type Bench, E18 } from '../executor/bench.ts'

const lib = '@morpho-org/morpho-blue-bundlers/types/factories/lib'
const day = 86_400

/**
 * Morpho's own vault of wrapped native on the real Morpho Blue, with a borrower at a rate of the adaptive curve and a
 * tenth for the vault's owner: its shares gain by the second. `holder` gets most of them.
 */
export async function metaMorpho(bench: Bench, holder: Address): Promise<Contract> {
  const { batch, morpho, weth, rpc } = bench
  const [from, borrower] = [account.deployer.address, testAccount('vault borrower').address]
  const plain = bench.tokens.PlainToken
  await rpc.request('anvil_setBalance', [borrower, `0x${(10n * E18).toString(16)}`])
  const irm = batch.deploy(
    packagedFactory(`${lib}/morpho-blue-irm/src/adaptive-curve-irm/AdaptiveCurveIrm__factory.js`, 'AdaptiveCurveIrm'),
    [morpho.address],
  )
  const vault = batch.deploy(packagedFactory(`${lib}/metamorpho/src/MetaMorpho__factory.js`, 'MetaMorpho'), [
    ...[from, morpho.address, day, weth.address, 'Vault', 'V'],
  ])
  const oracle = batch.deploy(compiledCode(bench.own, 'Probe'))
  const lltv = (86n * E18) / 100n
  const params = [weth.address, plain.address, oracle.address, irm.address, lltv]
  const id = keccak256(
    AbiCoder.defaultAbiCoder().encode(['address', 'address', 'address', 'address', 'uint256'], params),
  )
  batch.call(from, oracle, 'set', [10n ** 36n])
  batch.call(from, morpho, 'enableIrm', [irm.address])
  batch.call(from, morpho, 'enableLltv', [lltv])
  batch.call(from, morpho, 'createMarket', [params])
  batch.call(from, vault, 'submitCap', [params, 10n ** 30n])
  await batch.flush()
  await rpc.request('evm_increaseTime', [day + 1])
  await rpc.request('evm_mine', [])
  batch.call(from, vault, 'acceptCap', [params])
  batch.call(from, vault, 'setSupplyQueue', [[id]])
  batch.call(from, vault, 'setFeeRecipient', [from])
  batch.call(from, vault, 'setFee', [E18 / 10n])
  batch.call(from, weth, 'deposit', [], 2_000n * E18)
  batch.call(from, weth, 'approve', [vault.address, 2_000n * E18])
  batch.call(from, vault, 'deposit', [1_500n * E18, holder])
  batch.call(from, vault, 'deposit', [500n * E18, from])
  batch.call(from, plain, 'mint', [borrower, 2_000n * E18])
  await batch.flush()
  batch.call(borrower, plain, 'approve', [morpho.address, 2_000n * E18])
  batch.call(borrower, morpho, 'supplyCollateral', [params, 2_000n * E18, borrower, '0x'])
  batch.call(borrower, morpho, 'borrow', [params, 1_000n * E18, 0, borrower, borrower])
  await batch.flush()
  return vault
}
