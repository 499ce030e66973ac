import { createHash } from 'node:crypto'

/** The same bytes for the same seed, in the same order. */
export function seededBytes(seed: string): (count: number) => Uint8Array {
  let at = 0
  return (count) => {
    const parts: Uint8Array[] = []
    for (let length = 0; length < count; length += 32) {
      parts.push(createHash('sha256').update(`${seed}/${at}`).digest())
      at += 1
    }
    return Uint8Array.from(Buffer.concat(parts).subarray(0, count))
  }
}
