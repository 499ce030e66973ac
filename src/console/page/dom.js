// Elements are made, never written as markup: what a chain says stands there as plain text.

/** @returns {HTMLElement} an element with attributes and children; strings become text. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name)
  set(made, given)
  made.append(...children.filter((one) => one !== null && one !== undefined))
  return made
}

export function svg(name, given = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  set(made, given)
  made.append(...children)
  return made
}

function set(element, given) {
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : value)
  }
}

export const at = (id) => document.getElementById(id)

export function put(id, text) {
  const element = at(id)
  if (element.textContent !== text) element.textContent = text
}

/**
 * Rows of a table's body by their key: a row that is there is filled again only where it says something else, so that
 * focus and scrolling stay. `cells`: of a row, each a text or a node maker with a text to compare.
 */
export function fill(table, rows, cells, empty) {
  const body = table.tBodies[0]
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]))
  let before = null
  for (const one of rows) {
    const row = known.get(one.key) ?? el('tr', { 'data-key': one.key })
    known.delete(one.key)
    const wanted = JSON.stringify(one)
    if (row.said !== wanted) {
      row.said = wanted
      cells(one).forEach((cell, index) => {
        write(row, index, cell)
      })
    }
    const next = before === null ? body.firstChild : before.nextSibling
    if (next !== row) body.insertBefore(row, next)
    before = row
  }
  for (const row of known.values()) row.remove()
  if (rows.length === 0) {
    const columns = table.tHead.rows[0].cells.length
    body.append(el('tr', {}, el('td', { colspan: columns, class: 'empty' }, empty)))
  }
}

function write(row, index, { text, node, kind = '' }) {
  const cell = row.cells[index] ?? row.appendChild(el(index === 0 ? 'th' : 'td', index === 0 ? { scope: 'row' } : {}))
  if (cell.className !== kind) cell.className = kind
  if (node === undefined) {
    if (cell.textContent !== text) cell.textContent = text
  } else if (cell.said !== text || cell.firstChild === null) {
    const hadFocus = cell.contains(document.activeElement)
    cell.replaceChildren(node())
    if (hadFocus) cell.querySelector('button')?.focus()
  }
  cell.said = text
}
