// Orders and searches the long tables. Without it the page says the same.
;(() => {
  const keyOf = (body, at) => {
    const cell = body.rows[0].cells[at]
    const data = cell.querySelector('data')
    const text = data ? data.getAttribute('value') : cell.textContent.trim()
    return /^-?[\d,]+$/.test(text) ? BigInt(text.replaceAll(',', '')) : text
  }
  const compare = (a, b) => {
    if (typeof a !== typeof b) return typeof a === 'bigint' ? 1 : -1
    return a < b ? -1 : a > b ? 1 : 0
  }
  const order = (table, head, at) => {
    const isDown = head.getAttribute('aria-sort') === 'ascending'
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending')
    const keyed = [...table.tBodies].map((body) => ({ body, key: keyOf(body, at) }))
    keyed.sort((a, b) => (isDown ? compare(b.key, a.key) : compare(a.key, b.key)))
    const last = table.tFoot
    for (const { body } of keyed) table.insertBefore(body, last)
  }
  const labelled = (text, field) => {
    const label = document.createElement('label')
    label.append(text, field)
    return label
  }
  const tools = (table) => {
    const bodies = [...table.tBodies]
    const texts = bodies.map((body) => body.textContent.toLowerCase())
    const kindsOf = bodies.map((body) => body.dataset.kinds.split(','))
    const search = document.createElement('input')
    search.type = 'search'
    const choice = document.createElement('select')
    choice.append(new Option('all', ''))
    for (const kind of [...new Set(kindsOf.flat())].sort()) if (kind !== '') choice.append(new Option(kind, kind))
    const shown = document.createElement('output')
    const apply = () => {
      const wanted = search.value.trim().toLowerCase()
      let count = 0
      bodies.forEach((body, at) => {
        body.hidden = !(texts[at].includes(wanted) && (choice.value === '' || kindsOf[at].includes(choice.value)))
        if (!body.hidden) count += 1
      })
      shown.textContent = `${count} of ${bodies.length} shown`
    }
    search.addEventListener('input', apply)
    choice.addEventListener('change', apply)
    const bar = document.createElement('div')
    bar.className = 'tools'
    bar.append(labelled('Search', search), labelled('Only', choice), shown)
    table.parentElement.before(bar)
    apply()
  }
  for (const table of document.querySelectorAll('table.long')) {
    if (table.tBodies.length === 0) continue
    ;[...table.tHead.rows[0].cells].forEach((head, at) => {
      const button = document.createElement('button')
      button.type = 'button'
      button.textContent = head.textContent
      button.addEventListener('click', () => order(table, head, at))
      head.replaceChildren(button)
    })
    tools(table)
  }
})()
