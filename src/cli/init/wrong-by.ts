/** What a reader of the configuration finds wrong with an answer, and what to write instead. */
export const wrongBy =
  (read: (text: unknown) => unknown, form: string) =>
  (text: string): string | null => {
    try {
      read(text)
      return null
    } catch (error) {
      return `${(error as Error).message}: ${form}`
    }
  }
