// What the page asks the keeper. The token comes behind the # of the address, where it is never sent or logged, and goes
// along in a header, so that no other page can make a browser show it.

const place = 'plimsoll-token'
let token = sessionStorage.getItem(place)
const given = decodeURIComponent(location.hash.slice(1))
if (/^[A-Za-z0-9_-]{24,}$/.test(given)) {
  keep(given)
  history.replaceState(null, '', location.pathname)
}

export function keep(text) {
  token = text
  sessionStorage.setItem(place, text)
}

const headers = () => (token === null ? {} : { authorization: `Bearer ${token}` })

/** @throws with the keeper's own words. */
export async function ask(path, query = {}, signal) {
  return read(await fetch(`${path}?${new URLSearchParams(query)}`, { headers: headers(), signal }))
}

export async function act(path, body) {
  const sent = {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  return read(await fetch(path, sent))
}

async function read(answer) {
  const body = await answer.json().catch(() => ({ error: `the keeper answered ${answer.status}` }))
  if (!answer.ok) throw Object.assign(new Error(body.error), { status: answer.status })
  return body
}

/** Events as they come, for ever: where the stream breaks it is opened again. `onState`: open, lost, refused with why. */
export async function listen(onEvent, onState) {
  for (let pause = 500; ; ) {
    try {
      const answer = await fetch('/console/events', { headers: headers(), cache: 'no-store' })
      if (answer.status === 401 || answer.status === 403 || answer.status === 421 || answer.status === 429) {
        const { error } = await answer.json()
        return onState('refused', error)
      }
      if (!answer.ok) throw new Error(String(answer.status))
      onState('open')
      pause = 500
      await take(answer.body.pipeThrough(new TextDecoderStream()), onEvent)
    } catch {
      // Whatever broke it: it is tried again.
    }
    onState('lost')
    await new Promise((done) => setTimeout(done, pause))
    pause = Math.min(pause * 2, 10_000)
  }
}

async function take(stream, onEvent) {
  let rest = ''
  for await (const part of stream) {
    const whole = (rest + part).split('\n\n')
    rest = whole.pop()
    for (const event of whole) {
      const [, topic, data] = /^event: (\S+)\ndata: (.*)$/s.exec(event) ?? []
      if (topic !== undefined) onEvent(topic, JSON.parse(data))
    }
  }
}
