/**
 * Text from a chain with nothing in it that a reader would not see, or would see elsewhere: control characters, those
 * without width, those that turn the direction of what follows. Each stands as its number.
 */
export const seen = (text: string): string =>
  text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)

/** `0x1234…abcd`, also where an id holds more than the address. */
export const short = (id: string): string => id.replace(/0x([0-9a-fA-F]{4})[0-9a-fA-F]{8,}([0-9a-fA-F]{4})/g, '0x$1…$2')
