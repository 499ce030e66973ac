import { at } from './dom.js'

const place = 'plimsoll-theme'
const order = ['auto', 'light', 'dark']

/** As the system has it, until somebody says otherwise. */
export function startTheme() {
  const button = at('theme')
  const show = (theme) => {
    if (theme === 'auto') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    button.textContent = `Theme: ${theme}`
  }
  let theme = order.includes(localStorage.getItem(place)) ? localStorage.getItem(place) : 'auto'
  show(theme)
  button.addEventListener('click', () => {
    theme = order[(order.indexOf(theme) + 1) % order.length]
    localStorage.setItem(place, theme)
    show(theme)
  })
}
