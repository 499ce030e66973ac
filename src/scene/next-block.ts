import type { Hex } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import { most, type Wei, wei } from '#core/numbers.ts'

export type Head = {
  readonly hash: Hex
  readonly block: Block
  readonly gasUsed: bigint
  readonly gasLimit: bigint
}

/** The block that comes next: number and base fee are certain on Ethereum, the timestamp by the slot's length. */
export function nextBlock(head: Head, blockSeconds: number): Block {
  return {
    number: head.block.number + 1,
    timestamp: head.block.timestamp + blockSeconds,
    baseFee: nextBaseFee(head),
    parentHash: head.hash,
  }
}

/** EIP-1559, elasticity 2 and denominator 8: rounded as the consensus rule rounds. */
export function nextBaseFee({ block, gasUsed, gasLimit }: Head): Wei {
  const target = gasLimit / 2n
  const { baseFee } = block
  if (target === 0n || gasUsed === target) return baseFee
  if (gasUsed > target) return wei(baseFee + most((baseFee * (gasUsed - target)) / target / 8n, 1n))
  return wei(baseFee - (baseFee * (target - gasUsed)) / target / 8n)
}
