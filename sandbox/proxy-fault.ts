export type Part = { readonly id?: unknown; readonly method?: string }

/** What may be done to a request; the first rule that fits decides, `times` requests long. */
export type ProxyFault = {
  /** Any, where absent. */
  readonly method?: string
  readonly kind: 'too-many' | 'drop' | 'hang' | 'not-json' | 'server-error'
  times: number
}
export const fits = (fault: ProxyFault, parts: readonly Part[]): boolean =>
  fault.method === undefined || parts.some((part) => part.method === fault.method)

/** A batch's parts, or the one request. */
export function partsOf(body: string): readonly Part[] {
  const parsed = JSON.parse(body) as Part | readonly Part[]
  return Array.isArray(parsed) ? (parsed as readonly Part[]) : [parsed as Part]
}
