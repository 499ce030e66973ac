import { CoolDown } from './cool-down.ts'
import { type Intent, positionsIn, positionsOf } from './intent.ts'

/** A revert may have been a price that moved: so many blocks later they may come together again. */
const apartBlocks = 16

/**
 * Who is left alone after a revert. What reverted alone is to blame, and rests. Of several in one transaction one is to
 * blame, and nobody knows which: none rests, and each is tried by itself until the one is found that reverts alone.
 * That one rests and never comes together with others again, until it lands; the others may at once.
 */
export class Blame {
  readonly #coolDown = new CoolDown()
  /** Position → those it reverted with. */
  readonly #suspects = new Map<string, { readonly group: ReadonlySet<string>; readonly until: number }>()
  readonly #guilty = new Set<string>()

  /** On the chain, or so a node says of what has left. */
  reverted(intent: Intent, block: number): void {
    if (this.#suspect(intent, block)) return
    const positions = positionsIn(intent)
    this.#coolDown.reverted(positions, block)
    this.#convict(positions)
  }

  /**
   * A node said that it would revert, and nothing left: what was alone from the beginning cost nothing and does not rest.
   * @returns whether it is news of who may be to blame: others can then be served.
   */
  refused(intent: Intent, block: number): boolean {
    if (this.#suspect(intent, block)) return true
    const positions = positionsIn(intent)
    if (!positions.some((position) => this.#suspects.has(position) || this.#guilty.has(position))) return false
    this.#coolDown.reverted(positions, block)
    this.#convict(positions)
    return true
  }

  landed(positions: readonly string[]): void {
    this.#coolDown.forget(positions)
    for (const position of positions) {
      this.#suspects.delete(position)
      this.#guilty.delete(position)
    }
  }

  /** Whether it must not share a transaction with others in this block. */
  isApart(position: string, block: number): boolean {
    return this.#guilty.has(position) || (this.#suspects.get(position)?.until ?? 0) >= block
  }

  /** The first block in which it may be tried again. */
  until(position: string): number | null {
    return this.#coolDown.until(position)
  }

  #suspect({ steps }: Intent, block: number): boolean {
    if (new Set(steps.map((step) => positionsOf(step).join())).size < 2) return false
    const group = new Set(steps.flatMap(positionsOf))
    for (const position of group) this.#suspects.set(position, { group, until: block + apartBlocks })
    return true
  }

  /** The others of its group are no longer under suspicion. */
  #convict(positions: readonly string[]): void {
    for (const position of positions) {
      const group = this.#suspects.get(position)?.group
      if (group === undefined) continue
      for (const other of group) if (this.#suspects.get(other)?.group === group) this.#suspects.delete(other)
      this.#guilty.add(position)
    }
  }
}
