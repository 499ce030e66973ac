import { KeeperError } from './error.ts'

/** What a snapshot, an undo journal, a recording and a worker can carry. Records are `type`s, not interfaces. */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | Rec
export type Rec = { readonly [key: string]: Plain }

/** JSON that keeps bigints: they are written as `{"$": "123"}` and come back as bigints. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? { $: part.toString() } : part))
}

/** @throws `bad-record` when the text is not what `toText` writes. */
export function fromText(text: string): Plain {
  try {
    return JSON.parse(text, (_key, part: unknown) => {
      if (part === null || typeof part !== 'object' || !('$' in part)) return part
      if (typeof part.$ !== 'string' || Object.keys(part).length !== 1) return part
      return BigInt(part.$)
    }) as Plain
  } catch (cause) {
    throw new KeeperError('bad-record', `a stored record cannot be read: ${text.slice(0, 80)}`, { cause })
  }
}
