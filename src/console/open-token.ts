import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { KeeperError } from '#core/error.ts'

/** Whoever shows it may read and act. */
export type Token = { readonly text: string; readonly file: string | null }

const bytes = 32
/** What a file of ours holds. */
const shape = /^[A-Za-z0-9_-]{43}$/

/**
 * The token that was given, else the one in the file, else a random one written there, for its owner's eyes alone. A file
 * of ours that others may read is replaced. @throws `bad-config` where it cannot be written, or holds something else.
 */
export function openToken(given: string | null, file: string): Token {
  if (given !== null) return { text: given, file: null }
  const kept = keptIn(file)
  if (kept !== null) return { text: kept, file }
  const text = randomBytes(bytes).toString('base64url')
  try {
    // A new file in its place: one that others have open, or a link, is not written through.
    rmSync(`${file}.new`, { force: true })
    writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(`${file}.new`, file)
  } catch (cause) {
    const message = `${file} cannot be written: write another console.tokenFile, or set console.on: false`
    throw new KeeperError('bad-config', message, { cause })
  }
  return { text, file }
}

/** `null` where there is none to be kept. @throws `bad-config` where the file is somebody else's. */
function keptIn(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return null
  const text = stat.isFile() ? textOf(file) : 'no file'
  if (text !== '' && !shape.test(text)) {
    const message = `${file} holds something else than a token, and is left alone: write another console.tokenFile`
    throw new KeeperError('bad-config', message)
  }
  return text === '' || (stat.mode & 0o077) !== 0 ? null : text
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    const message = `${file} cannot be read: write another console.tokenFile, or set console.on: false`
    throw new KeeperError('bad-config', message, { cause })
  }
}
