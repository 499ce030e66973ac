import { connect } from 'node:net'
import { createFramer } from './framer.ts'
import type { OpenWire } from './wire.ts'

/** A node's socket on this machine: a Unix domain socket, or a named pipe on Windows. */
export const ipcWire =
  (path: string): OpenWire =>
  ({ opened, message, closed }) => {
    // What is asked keeps the process alive by its time limit; the connection does not.
    const socket = connect(path).unref()
    const frame = createFramer()
    let why = 'it closed the connection'
    socket.on('connect', opened)
    socket.on('data', (chunk) => {
      for (const bytes of frame(chunk)) message(bytes)
    })
    socket.on('error', (error) => {
      why = error.message
    })
    socket.on('close', () => closed(why))
    return { send: (text) => void socket.write(`${text}\n`), close: () => socket.destroy() }
  }
