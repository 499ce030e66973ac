const quote = 0x22
const backslash = 0x5c
const isOpening = (byte: number): boolean => byte === 0x7b || byte === 0x5b
const isClosing = (byte: number): boolean => byte === 0x7d || byte === 0x5d

/**
 * Cuts a stream into JSON objects and arrays: geth ends each with a newline, others with nothing. What lies between
 * them is passed over.
 * @returns what takes the next chunk and gives the values that are complete with it.
 */
export function createFramer(): (chunk: Buffer) => readonly Buffer[] {
  let rest: Buffer[] = []
  let depth = 0
  let isText = false
  let isEscaped = false
  return (chunk) => {
    const whole: Buffer[] = []
    let from = 0
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0
      if (isEscaped) isEscaped = false
      else if (isText) {
        if (byte === backslash) isEscaped = true
        else if (byte === quote) isText = false
      } else if (byte === quote) isText = depth > 0
      else if (isOpening(byte)) {
        if (depth === 0) from = at
        depth += 1
      } else if (isClosing(byte) && depth > 0) {
        depth -= 1
        if (depth > 0) continue
        const last = chunk.subarray(from, at + 1)
        whole.push(rest.length === 0 ? last : Buffer.concat([...rest, last]))
        rest = []
        from = at + 1
      }
    }
    if (depth > 0) rest.push(chunk.subarray(from))
    return whole
  }
}
