/** JSON for other programs: amounts as decimal text, so that no reader rounds them. */
export const toJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part), indent)
