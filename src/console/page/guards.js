import { span } from './amounts.js'
import { at, el } from './dom.js'
import { act } from './wire.js'

/** Asks for a reason, then does it; what the keeper says against it stands in the form. */
function askThen({ title, what, yes, path, body }) {
  at('act-head').textContent = title
  at('act-what').textContent = what
  at('act-yes').textContent = yes
  at('act-reason').value = ''
  at('act-wrong').textContent = ''
  at('act-yes').disabled = false
  at('act-form').onsubmit = async (event) => {
    event.preventDefault()
    at('act-yes').disabled = true
    try {
      const told = await act(path, { ...body, reason: at('act-reason').value })
      if (Array.isArray(told))
        at('act-wrong').textContent = told.length === 0 ? 'Nothing has changed.' : told.join('; ')
      else at('act').close()
    } catch (error) {
      at('act-wrong').textContent = error.message
      at('act-yes').disabled = false
    }
  }
  at('act').showModal()
  at('act-reason').focus()
}

export function startGuards() {
  at('act-no').addEventListener('click', () => at('act').close())
  at('stop').addEventListener('click', () =>
    askThen({
      title: 'Stop sending',
      what: 'Nothing leaves from now on, over restarts too, until the guard kill is closed. What is on its way may still land.',
      yes: 'Stop sending',
      path: '/console/guards/open',
      body: {},
    }),
  )
  at('reload').addEventListener('click', () =>
    askThen({
      title: 'Read the configuration again',
      what: 'It is checked first; where something is wrong, all stays as it is.',
      yes: 'Read it',
      path: '/console/reload',
      body: {},
    }),
  )
}

export function showGuards(all) {
  at('no-guards').hidden = all.length > 0
  at('stop').disabled = all.some(({ name }) => name === 'kill')
  const said = JSON.stringify(all)
  if (at('standing').said === said) return
  at('standing').said = said
  at('standing').replaceChildren(
    ...all.map(({ name, sinceMs, detail }) =>
      el(
        'li',
        { 'data-guard': name },
        el('b', {}, name.length > 30 ? `${name.slice(0, 24)}…` : name),
        el('p', {}, detail, el('span', { class: 'soft' }, ` for ${span((Date.now() - sinceMs) / 1000)}`)),
        el(
          'button',
          {
            type: 'button',
            onclick: () =>
              askThen({
                title: `Close the guard ${name}`,
                what: 'The keeper sends again within a second, whatever it was stopped for.',
                yes: 'Close it',
                path: '/console/guards/close',
                body: { name },
              }),
          },
          `Close ${name.split(':')[0]}`,
        ),
      ),
    ),
  )
}
