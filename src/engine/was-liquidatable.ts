import type { Block } from '#core/block.ts'
import type { Book, Position } from '#core/book.ts'
import { KeeperError } from '#core/error.ts'
import type { Strategy } from '#core/strategy.ts'
import type { View } from '#core/world.ts'

/** The protocol's own word at the beginning of a block, on its parent's state; `null` where the node does not have that. */
export async function wasLiquidatable(
  parent: View,
  block: Block,
  module: Strategy,
  book: Book,
  position: Position,
): Promise<boolean | null> {
  try {
    const view = parent.ahead(block.timestamp - parent.block.timestamp)
    return (await module.probe(view, book, position)).liquidatable
  } catch (error) {
    if (error instanceof KeeperError) return null
    throw error
  }
}
