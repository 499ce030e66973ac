import type { Answers } from './answers.ts'

/** `.env`: what is secret, and whose the folder is, for compose. */
export function environmentText({ rpc, key }: Pick<Answers, 'rpc' | 'key'>): string {
  const uid = process.getuid?.()
  return [
    '# Read by plimsoll and by docker compose. For you alone: it holds secrets.',
    `RPC_URL=${quoted(rpc)}`,
    ...(key.kind === 'env' && key.secret !== null ? [`${key.name}=${key.secret}`] : []),
    ...(uid === undefined ? [] : [`KEEPER_USER=${uid}:${process.getgid?.() ?? uid}`]),
    '',
  ].join('\n')
}

/** A `#` would begin a comment, a `$` a reference of compose. */
const quoted = (text: string): string => (/[#$\s"]/.test(text) ? `'${text}'` : text)
