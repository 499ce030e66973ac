/** Streams whose records a send or a guard depends on: past every cache before `append` returns. */
export const durable: ReadonlySet<string> = new Set(['intent', 'reservation', 'guard', 'quarantine'])
