import { type Address, ZERO_ADDRESS } from '#core/address.ts'
import type { Batch, Contract } from '../batch.ts'
import { morphoDollars, type TokenSymbol, tokenData, unitsWorth } from '../market-data.ts'
import { packagedFactory } from '../packaged.ts'
import { give, type Tokens } from './tokens.ts'

const file = '@morpho-org/morpho-blue-bundlers/types/factories/lib/morpho-blue/src/Morpho__factory.js'

/** Morpho Blue with idle markets (nothing borrows from them), so that it has much to lend for one transaction. */
export function deployMorpho(batch: Batch, deployer: Address, tokens: Tokens): Contract {
  const morpho = batch.deploy(packagedFactory(file, 'Morpho'), [deployer])
  batch.call(deployer, morpho, 'enableIrm', [ZERO_ADDRESS])
  batch.call(deployer, morpho, 'enableLltv', [0])
  for (const [symbol, dollars] of Object.entries(morphoDollars) as [TokenSymbol, number][]) {
    const token = tokens[symbol]
    const units = unitsWorth(dollars, token.decimals, tokenData[symbol].price)
    const idle = [token.address, ZERO_ADDRESS, ZERO_ADDRESS, ZERO_ADDRESS, 0]
    give(batch, deployer, token, deployer, units)
    batch.call(deployer, token.contract, 'approve', [morpho.address, units])
    batch.call(deployer, morpho, 'createMarket', [idle])
    batch.call(deployer, morpho, 'supply', [idle, units, 0, deployer, '0x'])
  }
  return morpho
}
