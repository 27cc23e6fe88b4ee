import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import {padEnd, wrapText} from './layout.ts'
import {textWidth} from './text-width.ts'
import {exitMeaning, type ManualStyle} from './manual.ts'

const INDENT = 2
const WIDEST_TERM = 24
/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST_PAGE = 100

/** A heading and what stands under it; nothing for an empty part. */
export function part(title: string, body: readonly string[], style: ManualStyle): string[] {
  return body.length === 0 ? [] : [style.heading(title), ...body, '']
}

/** Paragraphs as they were written, each wrapped; indented ones are left as they are. */
export function prose(text: string, style: ManualStyle): string[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .flatMap((paragraph, index) => {
      const lines = /^\s/m.test(paragraph)
        ? paragraph.split('\n')
        : wrapText(paragraph.replaceAll(/\s*\n\s*/g, ' '), pageWidth(style) - INDENT)
      return [...(index === 0 ? [] : ['']), ...lines.map(line => indented(line))]
    })
}

/** Terms with what they mean beside them, or below where a term is long. */
export function terms(rows: readonly (readonly [string, string])[], style: ManualStyle): string[] {
  const widths = rows.map(([term]) => textWidth(term)).filter(width => width <= WIDEST_TERM)
  const column = Math.max(0, ...widths) + INDENT
  return rows.flatMap(([term, about]) => {
    const lines = wrapText(about, pageWidth(style) - INDENT - column)
    const beside = textWidth(term) <= WIDEST_TERM && about !== ''
    const [first = '', ...rest] = beside ? lines : [term, ...lines]
    const under = beside ? rest : about === '' ? [] : rest
    return [
      indented(beside ? padEnd(term, column) + first : first),
      ...under.map(line => indented(' '.repeat(column) + line)),
    ]
  })
}

/** A line to type, continued under itself where it is long. */
export function command(line: string, style: ManualStyle): string[] {
  const [first = '', ...rest] = wrapText(line, pageWidth(style) - 2 * INDENT - 2)
  return [indented(first), ...rest.map(each => indented(`    ${each}`))]
}

export function exitCodes(exits: readonly ExitKind[], style: ManualStyle): string[] {
  const rows = (Object.keys(EXIT_CODES) as ExitKind[])
    .filter(kind => exits.includes(kind))
    .map(kind => [String(EXIT_CODES[kind].code), exitMeaning(kind, exits)] as const)
  return terms(rows, style)
}

function pageWidth({columns}: ManualStyle): number {
  return Math.min(columns, WIDEST_PAGE)
}

function indented(line: string): string {
  return line === '' ? '' : ' '.repeat(INDENT) + line
}
