/** Blocks of silence after the first revert; doubled by each further one. */
const firstBlocks = 2
const mostBlocks = 256

/**
 * A revert on the chain costs gas, and what reverted once mostly reverts again: each further one doubles the silence.
 * It begins when an attempt has ended, never before, and what never landed cost nothing and begins none.
 */
export class CoolDown {
  readonly #failed = new Map<string, { readonly times: number; readonly until: number }>()

  reverted(positions: readonly string[], block: number): void {
    for (const position of positions) {
      const times = (this.#failed.get(position)?.times ?? 0) + 1
      this.#failed.set(position, { times, until: block + Math.min(mostBlocks, firstBlocks ** times) })
    }
  }

  forget(positions: readonly string[]): void {
    for (const position of positions) this.#failed.delete(position)
  }

  /** The first block in which it may be tried again. */
  until(position: string): number | null {
    return this.#failed.get(position)?.until ?? null
  }
}
