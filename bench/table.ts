/** One line of the table: a measured promise of the tool. */
export type Row = {
  what: string
  deploy: string
  plain: string
  ratio: string
  target: string
  isMet: boolean
}

const HEADER = ['what', 'deploy', 'plain', 'ratio', 'target', 'met']

/** The rows as a Markdown table, in columns of one width. */
export function tableText(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cellsOf)]
  const widths = HEADER.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  const rule = `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|\n`
  const [header = [], ...body] = lines
  return text(header) + rule + body.map(text).join('')
}

function cellsOf(row: Row): string[] {
  return [row.what, row.deploy, row.plain, row.ratio, row.target, row.isMet ? 'yes' : '**no**']
}

/** A row whose target is a share of another time. */
export function ratioRow(
  what: string,
  deployMs: number,
  plainMs: number,
  plain: string,
  target: number,
): Row {
  const ratio = deployMs / plainMs
  return {
    what,
    deploy: seconds(deployMs),
    plain,
    ratio: times(ratio),
    target: `≤ ${target} ×`,
    isMet: ratio <= target,
  }
}

/** A row whose target is a time. */
export function limitRow(what: string, deployMs: number, plain: string, limitMs: number): Row {
  return {
    what,
    deploy: seconds(deployMs),
    plain,
    ratio: '–',
    target: `≤ ${limitMs / 1000} s`,
    isMet: deployMs <= limitMs,
  }
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100 ? 3 : 2)} s`
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`
}
