/** A choice of a list: what it stands for, and how it is shown. */
export type Choice<T> = { readonly value: T; readonly name: string }

/**
 * A person who is asked, one question at a time. `wrong` says what is wrong with an answer, or `null`: it is asked again
 * at once. Absent from a context where nobody is there.
 */
export type Ask = {
  readonly text: (question: string, usual: string, wrong: (answer: string) => string | null) => Promise<string>
  readonly one: <T>(question: string, choices: readonly Choice<T>[]) => Promise<T>
  /** Any of them; all, to begin with. */
  readonly some: <T>(question: string, choices: readonly Choice<T>[]) => Promise<readonly T[]>
  readonly secret: (question: string, wrong: (answer: string) => string | null) => Promise<string>
}
