import type { Asset } from '#core/address.ts'
import type { Block } from '#core/block.ts'
import type { PositionId } from '#core/book.ts'
import type { DecideSettings } from '../../engine/decide.ts'
import type { Due } from '../../engine/near-calendar.ts'
import type { BookNews } from '../../engine/still-mirror.ts'
import type { Coming } from '../../engine/upcoming.ts'
import type { Shock } from '../../stress/shock.ts'
import type { Taken } from '../../stress/take-fallen.ts'
import type { TokenText } from '../read-tokens.ts'

type Written = { readonly name: string; readonly label: string; readonly config: unknown }

/** What a thread is begun with: the modules that the configuration chose, as they were written. */
export type ThinkerStart = {
  readonly protocols: readonly Written[]
  readonly venues: readonly Written[]
  readonly exits: readonly Written[]
  readonly flash: readonly Written[]
  readonly blockSeconds: number
}

/** Over which block, and how a keeper decides. */
export type Ground = {
  readonly block: Block
  readonly settings: DecideSettings
  readonly tokens: ReadonlyMap<Asset, TokenText>
}
export type Question =
  | {
      readonly kind: 'take'
      readonly ground: Ground
      readonly shocks: readonly Shock[]
      readonly these: readonly { readonly key: string; readonly id: PositionId }[]
    }
  | { readonly kind: 'worth'; readonly ground: Ground; readonly blockSeconds: number; readonly due: readonly Due[] }

/** What is told to the thread, in order; a question is answered with its number. */
export type ToThinker = { readonly news: BookNews } | { readonly number: number; readonly question: Question }
export type FromThinker = {
  readonly number: number
  readonly answer: Taken | readonly Coming[] | null
  readonly error: string | null
}
