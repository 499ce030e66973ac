// Decimal strings are integers of smallest units; they are cut for eyes, never rounded up.

/** Ether to five decimals, or three digits where it is smaller. */
export function ether(wei, { isSigned = false } = {}) {
  if (wei === null || wei === undefined) return '–'
  const value = Number(BigInt(wei)) / 1e18
  const size = Math.abs(value)
  const text =
    size === 0 ? '0' : size < 1e-5 ? size.toExponential(1) : size.toLocaleString('en-US', { maximumFractionDigits: 5 })
  return `${value < 0 ? '−' : isSigned && value > 0 ? '+' : ''}${text}`
}

export function units(amount, token) {
  if (token === undefined || token.decimals === null) return String(amount)
  const value = Number(BigInt(amount)) / 10 ** token.decimals
  return `${value.toLocaleString('en-US', { maximumSignificantDigits: 8 })} ${token.symbol ?? ''}`
}

export function dollars(value) {
  if (value === null || value === undefined) return '–'
  const [size, unit] = value >= 1e9 ? [1e9, 'B'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e4 ? [1e3, 'k'] : [1, '']
  return `$${(value / size).toLocaleString('en-US', { maximumFractionDigits: size === 1 ? 0 : 1 })}${unit}`
}

export const price = (value) =>
  value >= 1000
    ? value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
    : value.toLocaleString('en-US', { minimumSignificantDigits: 4, maximumSignificantDigits: 4 })

export const percent = (share, digits = 1) =>
  `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} %`

export const whole = (value) => value.toLocaleString('en-US')
export const short = (id) => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id)
export const owner = (row) => short(row.owner ?? row.key ?? '')

export function span(seconds) {
  const size = Math.abs(seconds)
  if (size < 60) return `${Math.round(size)} s`
  if (size < 3600) return `${Math.floor(size / 60)} m ${Math.floor(size % 60)} s`
  if (size < 86400) return `${Math.floor(size / 3600)} h ${Math.floor((size % 3600) / 60)} m`
  return `${Math.floor(size / 86400)} d ${Math.floor((size % 86400) / 3600)} h`
}
export const clock = (ms) => new Date(ms).toISOString().slice(11, 19)
