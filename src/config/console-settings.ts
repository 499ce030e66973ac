import { hostName, listOf, oneOf, text, tokenOf, whole, yesNo } from './readers.ts'
import { optionalSetting, setting } from './setting.ts'

/** Under `console`: where the page is, and what it takes to look and to act. */
export const consoleSettings = {
  on: setting({
    doc: 'Serve the console: a page that shows what the keeper sees and does, and opens and closes guards.',
    form: 'true or false',
    read: yesNo,
    preset: 'true',
  }),
  port: setting({
    doc: 'Its port; `http`: that of /metrics, and where that is open to others, this machine alone is answered.',
    form: 'http, or a port from 0 to 65535',
    read: (raw) => (raw === 'http' ? raw : whole(0, 65_535)(raw)),
    preset: 'http',
  }),
  host: setting({
    doc: 'Its address, where it has a port of its own; loopback unless you mean otherwise.',
    form: 'an address, such as 127.0.0.1',
    read: text,
    preset: '127.0.0.1',
  }),
  hosts: setting({
    doc: 'Further names a browser may call it by, behind a proxy; any other name is refused.',
    form: 'a list of host names without ports, each once',
    read: (raw) => (raw === 'none' ? [] : listOf(hostName)(raw)),
    preset: 'none',
  }),
  token: optionalSetting({
    doc: 'What must be shown to look and to act; none: a random one, written to the file.',
    form: 'at least 24 letters, digits, dashes or underscores',
    read: tokenOf,
    secret: true,
  }),
  tokenFile: setting({
    doc: 'Where the random token is kept, readable by its owner alone.',
    form: 'a path',
    read: text,
    preset: 'plimsoll.console-token',
    path: true,
  }),
  read: setting({
    doc: 'What looking needs: the token, or nothing. Acting always needs the token.',
    form: 'token or open',
    read: oneOf('token', 'open'),
    preset: 'token',
  }),
}
