import {hanging, padEnd, wrapText} from './layout.ts'
import {textWidth} from './text-width.ts'

export type ColumnOptions = {
  /** Nothing is broken where it is Infinity: whoever reads it is a program. */
  width: number
  /** Before every line. */
  lead?: string
  /** The column under which what does not fit goes on. */
  under: number
}

/**
 * Rows whose columns are as wide as they need to be. A row that does not fit goes on below, between two cells or else two
 * words. A cell that is the last of its row makes no column wider.
 */
export function inColumns(rows: readonly (readonly string[])[], options: ColumnOptions): string[] {
  return rowsInColumns(rows, options).flat()
}

/** The same, the lines of each row apart. */
export function rowsInColumns(rows: readonly (readonly string[])[], options: ColumnOptions): string[][] {
  const count = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({length: count}, (_, column) =>
    Math.max(0, ...rows.map(row => (column < lastOf(row) ? textWidth(row[column] ?? '') : 0))),
  )
  return rows.map(row => rowLines(row, widths, options))
}

function rowLines(
  row: readonly string[],
  widths: readonly number[],
  {width, lead = '', under}: ColumnOptions,
): string[] {
  const upTo = (end: number) =>
    (
      lead +
      row
        .slice(0, end)
        .map((cell, column) => padEnd(cell, widths[column] ?? 0))
        .join('  ')
    ).trimEnd()
  const fits = (end: number) => textWidth(upTo(end)) <= width
  const end = lastOf(row) + 1
  if (fits(end)) return [upTo(end)]
  const indent = ' '.repeat(textWidth(lead) + widths.slice(0, under).reduce((sum, one) => sum + one + 2, 0))
  const rest = (from: number) => row.slice(from, end).filter(Boolean).join('  ')
  const kept = Array.from({length: end}, (_, index) => end - index).find(
    index => index > under && fits(index),
  )
  if (kept !== undefined)
    return [upTo(kept), ...wrapText(rest(kept), width - indent.length).map(line => indent + line)]
  const start = upTo(under)
  return hanging(padEnd(start, indent.length), rest(under), width).split('\n')
}

function lastOf(row: readonly string[]): number {
  return row.findLastIndex(cell => cell !== '')
}

/** How wide a list may be: as the terminal is; a file or pipe gets a line for each row. */
export function listWidth({isTTY, columns}: {isTTY?: boolean; columns?: number}): number {
  if (!isTTY) return Infinity
  return columns === undefined || columns < 20 ? 80 : columns
}
