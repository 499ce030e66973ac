import { WebSocket } from 'ws'
import { withoutCredentials } from '#core/without-credentials.ts'
import type { OpenWire } from './wire.ts'

/** Answers to a start's questions are large; a message larger than this is a fault. */
const messageMax = 512 * 2 ** 20
const openTimeoutMs = 10_000

/**
 * Uncompressed: inflating costs more than it saves on what is near. UTF-8 is not checked, since whoever reads the JSON
 * checks more than that.
 */
export const webSocketWire =
  (url: string): OpenWire =>
  ({ opened, message, closed }) => {
    const { plain, authorization } = withoutCredentials(url)
    const socket = new WebSocket(plain, {
      headers: authorization,
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: messageMax,
      handshakeTimeout: openTimeoutMs,
    })
    let why = 'it closed the connection'
    // What is asked keeps the process alive by its time limit; the connection does not.
    socket.on('upgrade', (response) => void response.socket.unref())
    socket.on('open', opened)
    socket.on('message', (data) => message(data as Buffer))
    socket.on('error', (error) => {
      why = error.message
    })
    socket.on('close', () => closed(why))
    return { send: (text) => socket.send(text), close: () => socket.terminate() }
  }
