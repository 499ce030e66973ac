import { KeeperError } from '#core/error.ts'
import type { Actions, Questions } from './console.ts'
import { numberIn, textIn } from './read-json.ts'

/** What there is to ask and to have done. */
export type Keeper = { readonly actions: Actions; readonly questions: Questions }
type Ask = (keeper: Keeper, query: URLSearchParams) => unknown
type Act = (keeper: Keeper, body: Readonly<Record<string, unknown>>) => Promise<unknown>

/** What is answered to GET, and changes nothing. */
export const asks: Readonly<Record<string, Ask>> = {
  '/console/verdict': ({ questions }, query) => questions.verdict(textIn(query.get('key'), 'key')),
  '/console/position': ({ questions }, query) => questions.position(textIn(query.get('id'), 'id')),
  '/console/near': ({ questions }, query) =>
    questions.near(
      numberIn(query.get('from'), 'from', 0, 1e9),
      numberIn(query.get('count'), 'count', 1, 200),
      textIn(query.get('text') ?? '', 'text', 0),
    ),
  '/console/what-if': ({ questions }, query) =>
    questions.whatIf(textIn(query.get('name'), 'name'), numberIn(query.get('share'), 'share', -0.95, 3)),
}
/** What is done on POST, with the token alone, each for a reason. */
export const acts: Readonly<Record<string, Act>> = {
  '/console/guards/open': ({ actions }, body) => actions.openGuard(textIn(body.reason, 'reason', 3)),
  '/console/guards/close': ({ actions }, body) =>
    actions.closeGuard(textIn(body.name, 'name'), textIn(body.reason, 'reason', 3)),
  '/console/reload': ({ actions }, body) => {
    if (actions.reload === undefined)
      throw new KeeperError('unsupported', 'this keeper does not read its configuration again: restart it')
    return actions.reload(textIn(body.reason, 'reason', 3))
  },
}
