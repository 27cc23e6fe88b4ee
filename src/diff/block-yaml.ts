import {parseFlowYaml} from './flow-yaml.ts'
import {plainScalar} from './yaml-scalars.ts'

/**
 * The plain block YAML that charts render nearly always, read some ten times faster than by a full parser.
 * At anything else (anchors, folded text, several lines for one scalar or flow collection) it gives up, and a full
 * parser has the word: so it must never guess.
 */
export function parseBlockYaml(text: string): {value: unknown} | undefined {
  if (!text.endsWith('\n') || /[\r\ufeff]/.test(text)) return undefined
  const reader: Reader = {lines: text.slice(0, -1).split('\n'), at: 0}
  try {
    const indent = nextIndent(reader)
    const value = indent < 0 ? null : readNode(reader, indent)
    return nextIndent(reader) < 0 ? {value} : undefined
  } catch (error) {
    if (error instanceof UnusualYaml) return undefined
    throw error
  }
}

class UnusualYaml extends Error {}

type Reader = {lines: string[]; at: number}

/** Moves to the next line with content; its indentation, or -1 at the end. */
function nextIndent(reader: Reader): number {
  for (; reader.at < reader.lines.length; reader.at++) {
    const line = lineAt(reader)
    const indent = indentOf(line)
    if (indent < line.length && line[indent] !== '#') return indent
  }
  return -1
}

function readNode(reader: Reader, indent: number): unknown {
  return isItem(lineAt(reader), indent) ? readSequence(reader, indent) : readMapping(reader, indent)
}

function readMapping(reader: Reader, indent: number): Record<string, unknown> {
  const mapping: Record<string, unknown> = {}
  for (let next = indent; next >= indent; next = nextIndent(reader)) {
    const line = lineAt(reader)
    if (next > indent || isItem(line, indent)) throw new UnusualYaml()
    const found = keyAt(line, indent)
    if (found === undefined || found.key === '__proto__') throw new UnusualYaml()
    reader.at++
    mapping[found.key] = readValue(reader, line.slice(found.end), indent, indent)
  }
  return mapping
}

function readSequence(reader: Reader, indent: number): unknown[] {
  const items: unknown[] = []
  for (let next = indent; next >= indent; next = nextIndent(reader)) {
    const line = lineAt(reader)
    if (next > indent) throw new UnusualYaml()
    // A sequence may stand at its key's own indentation: then the next key ends it.
    if (!isItem(line, indent)) break
    items.push(readItem(reader, line, indent))
  }
  return items
}

function readItem(reader: Reader, line: string, indent: number): unknown {
  const column = indent + 1 + indentOf(line.slice(indent + 1))
  if (column < line.length && (isItem(line, column) || keyAt(line, column) !== undefined)) {
    reader.lines[reader.at] = ' '.repeat(column) + line.slice(column)
    return readNode(reader, column)
  }
  reader.at++
  return readValue(reader, line.slice(column), indent, indent + 1)
}

/** What stands behind a key or a dash. A sequence below may be indented as little as `itemIndent`. */
function readValue(reader: Reader, rest: string, indent: number, itemIndent: number): unknown {
  switch (rest[0]) {
    case undefined:
    case '#':
      return readNested(reader, indent, itemIndent)
    case '|':
      return readLiteral(reader, rest, indent)
    case '"':
      return doubleQuoted(rest)
    case "'":
      return singleQuoted(rest)
    case '{':
    case '[':
      return readFlow(rest)
    default:
      return readPlain(rest)
  }
}

function readNested(reader: Reader, indent: number, itemIndent: number): unknown {
  const next = nextIndent(reader)
  if (next > indent) return isFlow(lineAt(reader), next) ? readFlowLine(reader, next) : readNode(reader, next)
  return next === itemIndent && isItem(lineAt(reader), next) ? readSequence(reader, next) : null
}

function readPlain(rest: string): unknown {
  const text = rest.replace(/ +#.*$/, '').trimEnd()
  if (/^(?:[,\]}#&*!|>%@`?:=<]|-(?: |$))|: |:$|\t/.test(text)) throw new UnusualYaml()
  return plainScalar(text)
}

function doubleQuoted(rest: string): string {
  const text = /^("[^"\\]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\]*)*") *(?: #.*)?$/.exec(rest)?.[1]
  if (text === undefined) throw new UnusualYaml()
  return text.includes('\\') ? String(fromJson(text)) : text.slice(1, -1)
}

function singleQuoted(rest: string): string {
  const text = /^'([^']*(?:''[^']*)*)' *(?: #.*)?$/.exec(rest)?.[1]
  if (text === undefined) throw new UnusualYaml()
  return text.replaceAll("''", "'")
}

/** What toYaml makes of nothing: `[]` or `{}` on a line of its own. */
function readFlowLine(reader: Reader, indent: number): unknown {
  const line = lineAt(reader)
  reader.at++
  return readFlow(line.slice(indent))
}

function isFlow(line: string, column: number): boolean {
  return line[column] === '[' || line[column] === '{'
}

function readFlow(rest: string): unknown {
  const flow = parseFlowYaml(rest)
  if (flow === undefined) throw new UnusualYaml()
  return flow.value
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UnusualYaml()
  }
}

function readLiteral(reader: Reader, header: string, parentIndent: number): string {
  const match = /^\|([+-]?) *(?: #.*)?$/.exec(header)
  if (match === null) throw new UnusualYaml()
  const lines = literalLines(reader, parentIndent)
  const text = lines.map(line => `${line}\n`).join('')
  if (match[1] === '+') return text
  const clipped = text.replace(/\n+$/, '')
  return match[1] === '-' || clipped === '' ? clipped : `${clipped}\n`
}

function literalLines(reader: Reader, parentIndent: number): string[] {
  const start = reader.at
  const first = reader.lines.slice(start).find(line => indentOf(line) < line.length)
  const indent = first === undefined ? 0 : indentOf(first)
  if (indent <= parentIndent) throw new UnusualYaml()
  while (reader.at < reader.lines.length && isInside(lineAt(reader), indent)) reader.at++
  const lines = reader.lines.slice(start, reader.at)
  // Leading blank lines longer than the indentation are an error to some readers, text to others.
  if (lines.slice(0, lines.indexOf(first ?? '')).some(line => line.length > indent)) throw new UnusualYaml()
  return lines.map(line => line.slice(indent))
}

function isInside(line: string, indent: number): boolean {
  const own = indentOf(line)
  return own >= indent || own === line.length
}

const KEY = /([\w./][^\s:#'"[\]{},&*!|>%@`]*|"[^"\\]*"|'[^']*') *:(?: +|$)/y

function keyAt(line: string, column: number): {key: string; end: number} | undefined {
  KEY.lastIndex = column
  const written = KEY.exec(line)?.[1]
  if (written === undefined) return undefined
  const isQuoted = written.startsWith('"') || written.startsWith("'")
  return {key: isQuoted ? written.slice(1, -1) : String(plainScalar(written)), end: KEY.lastIndex}
}

function isItem(line: string, column: number): boolean {
  return line[column] === '-' && (line.length === column + 1 || line[column + 1] === ' ')
}

function indentOf(line: string): number {
  let indent = 0
  while (line[indent] === ' ') indent++
  return indent
}

function lineAt(reader: Reader): string {
  return reader.lines[reader.at] ?? ''
}
