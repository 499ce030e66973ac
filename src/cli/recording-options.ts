import { KeeperError } from '#core/error.ts'

/** A block's number as an operator writes it. @throws `bad-argument`. */
export function blockNumber(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number
  throw new KeeperError('bad-argument', `"${text}" is no block's number: write it in digits, such as 21000000`)
}

/** Bytes for people. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB']
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  return at === 0 ? `${bytes} bytes` : `${(bytes / 10 ** (3 * at)).toFixed(1)} ${units[at]}`
}
