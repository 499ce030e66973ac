import { html, type Markup } from './markup.ts'
import type { Cell, Column, More, Row, Table } from './table.ts'

/** `long`: it can be ordered and searched where scripts run. `inner`: part of what scrolls already. */
export type TableLook = 'usual' | 'long' | 'inner'

/**
 * A table as a reader hears it too: a caption, heads of columns and rows, in a region that scrolls by itself. Cells and
 * rows end where the next begin, as HTML has it: of a thousand liquidations that is a fifth.
 */
export function htmlTable(table: Table, look: TableLook = 'usual'): Markup {
  const { caption, columns, rows, total } = table
  if (look !== 'inner' && rows.length === 0) return html`<p>${caption}: none.</p>`
  const bodies =
    look === 'long'
      ? rows.map(
          (row) =>
            html`<tbody${row.id === undefined ? null : html` id="${row.id}"`} data-kinds="${(row.kinds ?? []).join(',')}">${rowOf(columns, row)}</tbody>\n`,
        )
      : html`<tbody>${rows.map((row) => rowOf(columns, row))}</tbody>`
  const foot = total === undefined ? null : html`<tfoot>${rowOf(columns, { cells: total })}</tfoot>`
  const whole = html`<table${look === 'long' ? html` class="long"` : null}><caption>${caption}</caption><thead><tr>${columns.map(head)}</thead>
${bodies}${foot}</table>`
  if (look === 'inner') return whole
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">${whole}</div>\n`
}

const head = ({ name, isNumber }: Column): Markup => html`<th scope="col"${isNumber ? html` class="n"` : null}>${name}`

function rowOf(columns: readonly Column[], { cells, more }: Row): Markup {
  const all = cells.map((cell, at) => cellOf(cell, columns[at]?.isNumber === true, at === 0))
  if (more === undefined) return html`<tr>${all}`
  return html`<tr>${all}<tr class="more"><td colspan="${columns.length}">${moreOf(more)}`
}

const moreOf = (more: More): Markup =>
  'href' in more
    ? html`<a href="${more.href}">${more.title}</a>`
    : html`<details><summary>${more.title}</summary><div class="sum">${more.body}</div></details>`

function cellOf(cell: Cell, isNumber: boolean, isFirst: boolean): Markup {
  const shown = shownOf(cell)
  if (isFirst) return html`<th scope="row"${isNumber ? html` class="n"` : null}>${shown}`
  return html`<td${isNumber ? html` class="n"` : null}>${shown}`
}

function shownOf({ text, exact, unit, isCode, mark }: Cell): Markup {
  if (mark !== undefined) return html`<span class="mark ${mark}">${text}</span>`
  if (isCode) {
    const look = text.includes('…') ? html` class="id"` : null
    const title = exact === undefined || exact === text ? null : html` title="${exact}"`
    return html`<code${look}${title}>${text}</code>`
  }
  if (exact === undefined || exact === text) return html`${text}`
  if (unit === undefined) return html`<data value="${exact}">${text}</data>`
  return html`<data value="${exact}" title="${exact} ${unit}">${text}</data>`
}
