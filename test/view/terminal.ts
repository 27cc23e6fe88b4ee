// oxlint-disable no-control-regex
/** What a terminal shows after these characters: lines, cursor up, erase below. Colours are left out. */
export function screenAfter(written: string): string {
  const rows: string[] = ['']
  let row = 0
  let column = 0
  for (const [, up, erase, other, newline, start, char] of written.matchAll(
    /\u001b\[(\d+)A|(\u001b\[J)|(\u001b\[[?\d;]*[a-zA-Z])|(\n)|(\r)|([^\n])/gu,
  )) {
    if (up !== undefined) row = Math.max(0, row - Number(up))
    else if (erase !== undefined) rows.splice(row, rows.length, (rows[row] ?? '').slice(0, column))
    else if (newline !== undefined) {
      ;[row, column] = [row + 1, 0]
      rows[row] ??= ''
    } else if (start !== undefined) column = 0
    else if (char !== undefined) {
      rows[row] =
        (rows[row] ?? '').slice(0, column).padEnd(column) + char + (rows[row] ?? '').slice(column + 1)
      column += 1
    } else if (other === undefined) throw new Error('an unknown sequence')
  }
  return rows.join('\n')
}
