/** Bigints as decimal text, as everywhere in JSON for others. */
export function plain(record: object): object {
  return JSON.parse(JSON.stringify(record, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)))
}
