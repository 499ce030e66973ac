/** An open connection that carries whole JSON messages both ways. */
export interface Wire {
  /** Handed to the operating system before it returns, where that takes it. */
  readonly send: (text: string) => void
  /** Torn down at once, whatever the other side does. */
  readonly close: () => void
}
export type WireEvents = {
  readonly opened: () => void
  /** The bytes are the connection's own: what is kept of them keeps them all. */
  readonly message: (bytes: Buffer) => void
  /** Once, also where it never opened. */
  readonly closed: (why: string) => void
}
export type OpenWire = (events: WireEvents) => Wire
