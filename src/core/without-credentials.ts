/** `fetch` refuses `https://user:password@host`, and would print it; they go where HTTP wants them. */
export function withoutCredentials(url: string): {
  readonly plain: string
  readonly authorization: Record<string, string>
} {
  if (!URL.canParse(url)) return { plain: url, authorization: {} }
  const parsed = new URL(url)
  const { username, password } = parsed
  if (username === '' && password === '') return { plain: url, authorization: {} }
  parsed.username = ''
  parsed.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { plain: parsed.href, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}
