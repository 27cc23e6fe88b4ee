import {stripVTControlCharacters} from 'node:util'
import {textWidth} from './text-width.ts'

/** Text from outside (a log, a chart, an error) without anything that a terminal would obey. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\t', '  ').replace(CONTROL, '')
}

/** Control characters, and those that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** A line that fits, with an ellipsis where it was cut; colours take no room. */
export function cutLine(line: string, width: number): string {
  if (textWidth(line) <= width) return line
  let cut = ''
  let used = 0
  for (const part of line.split(COLOUR)) {
    if (part.startsWith('\u001b')) cut += part
    else
      for (const char of part) {
        used += textWidth(char)
        if (used < width) cut += char
      }
  }
  return `${cut}…`
}

// oxlint-disable-next-line no-control-regex
const COLOUR = /(\u001b\[[\d;]*m)/

/** Words on lines of at most this width; a word that is longer stays whole, so that it can be copied. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap(line => wrapLine(line, Math.max(width, 20)))
}

/** The first line behind `lead`, the others under it. */
export function hanging(lead: string, text: string, width: number): string {
  const indent = ' '.repeat(textWidth(lead))
  return wrapText(text, width - indent.length)
    .map((line, index) => (index === 0 ? lead : indent) + line)
    .join('\n')
}

/** Paragraphs on lines of at most this width, each under its own indentation; an indented command stays whole, to be copied. */
export function foldText(text: string, width: number): string {
  return text
    .split('\n')
    .map(line => {
      const [lead = ''] = /^\s*(- )?/.exec(line) ?? []
      return COMMAND.test(line) ? line : hanging(lead, line.slice(lead.length), width)
    })
    .join('\n')
}

const COMMAND = /^\s+(\$|deploy|helm|helmfile|kubectl|git) /

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** A width that can be printed on: some pseudo-terminals say that they have no columns at all. */
export function usableWidth(columns: number | undefined): number {
  return columns === undefined || columns < 20 ? 80 : columns
}

/** A number and its unit belong together. */
const UNIT = /(?<=\b\d+) (?=(s|ms|min|h)\b)/g

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  for (const part of line.replace(UNIT, '\u00a0').split(' ')) {
    const word = part.replaceAll('\u00a0', ' ')
    const longer = current === '' ? word : `${current} ${word}`
    if (current !== '' && textWidth(longer) > width) {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}
