import { UINT256_MAX } from '#core/numbers.ts'

/** Answers of feeds and vaults that a standard oracle is made of; those that are not there are left out. */
export type Factors = { readonly base: readonly bigint[]; readonly quote: readonly bigint[]; readonly scale: bigint }

/**
 * `scale · Π base / Π quote`, rounded down; `null` where the oracle reverts: a negative answer, nothing to divide by, a
 * product or a price beyond 256 bits. Source: MorphoChainlinkOracleV2.price, OpenZeppelin's Math.mulDiv.
 */
export function oraclePrice({ base, quote, scale }: Factors): bigint | null {
  const over = productOf(base)
  const under = productOf(quote)
  if (over === null || under === null || under === 0n) return null
  const price = (scale * over) / under
  return price > UINT256_MAX ? null : price
}

function productOf(answers: readonly bigint[]): bigint | null {
  let product = 1n
  for (const answer of answers) {
    product *= answer
    if (answer < 0n || product > UINT256_MAX) return null
  }
  return product
}
