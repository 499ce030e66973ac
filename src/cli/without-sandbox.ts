import { KeeperError } from '#core/error.ts'

/** @throws `unsupported` where an installation carries no sandbox, saying what does; what else went wrong as it is. */
export function withoutSandbox(cause: unknown): never {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
  const say = 'this installation has no sandbox: clone the project, and run `npm ci && npm run demo` there'
  throw new KeeperError('unsupported', say, { cause })
}
