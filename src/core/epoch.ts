/**
 * A market's epoch: changes with any parameter that the screen's weights hold, and with nothing else. A hash (FNV-1a), so
 * that it can be told again from the same parameters.
 */
export function epochOf(...parameters: readonly (string | number | bigint | boolean | null)[]): number {
  let hash = 0x811c9dc5
  for (const character of parameters.join('|')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return hash
}
