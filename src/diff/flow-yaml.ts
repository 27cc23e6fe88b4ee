import {plainScalar} from './yaml-scalars.ts'

/**
 * A flow collection on one line, as charts write it by hand: `[ALL]`, `{port: 80, name: "web"}`. Undefined for
 * anything out of the ordinary, which a full parser has to read.
 */
export function parseFlowYaml(text: string): {value: unknown} | undefined {
  const reader: Reader = {text, at: 0}
  const value = readValue(reader)
  return value !== UNUSUAL && isOver(reader) ? {value} : undefined
}

type Reader = {text: string; at: number}

const UNUSUAL = Symbol('unusual')

function readValue(reader: Reader): unknown {
  switch (reader.text[reader.at]) {
    case '[':
      return readSequence(reader)
    case '{':
      return readMapping(reader)
    case '"':
    case "'":
      return readQuoted(reader)
    default:
      return readPlain(reader)
  }
}

function readSequence(reader: Reader): unknown {
  const items: unknown[] = []
  if (take(reader, EMPTY_SEQUENCE) !== undefined) return items
  for (let isFirst = true; isFirst || take(reader, COMMA) !== undefined; isFirst = false) {
    if (isFirst) take(reader, OPENING)
    const item = readValue(reader)
    if (item === UNUSUAL) return UNUSUAL
    items.push(item)
  }
  return take(reader, SEQUENCE_END) === undefined ? UNUSUAL : items
}

function readMapping(reader: Reader): unknown {
  const mapping: Record<string, unknown> = {}
  if (take(reader, EMPTY_MAPPING) !== undefined) return mapping
  for (let isFirst = true; isFirst || take(reader, COMMA) !== undefined; isFirst = false) {
    if (isFirst) take(reader, OPENING)
    const key = readKey(reader)
    const value = key === undefined ? UNUSUAL : readValue(reader)
    if (key === undefined || value === UNUSUAL) return UNUSUAL
    mapping[key] = value
  }
  return take(reader, MAPPING_END) === undefined ? UNUSUAL : mapping
}

/** Only behind a quoted key may the colon stand without a space. */
function readKey(reader: Reader): string | undefined {
  const quoted = take(reader, QUOTED_KEY)
  if (quoted !== undefined) return quoted
  const plain = take(reader, PLAIN_KEY)
  return plain === undefined || plain === '__proto__' ? undefined : String(plainScalar(plain))
}

function readQuoted(reader: Reader): unknown {
  return take(reader, DOUBLE_QUOTED) ?? take(reader, SINGLE_QUOTED)?.replaceAll("''", "'") ?? UNUSUAL
}

function readPlain(reader: Reader): unknown {
  const text = take(reader, PLAIN)
  return text === undefined ? UNUSUAL : plainScalar(text.trimEnd())
}

/** The words of the line that are no comment end here. */
function isOver(reader: Reader): boolean {
  return / *(?: #.*)?$/y.test(reader.text.slice(reader.at))
}

const OPENING = /[[{] */y
const COMMA = / *, */y
const EMPTY_SEQUENCE = /\[ *\]/y
const EMPTY_MAPPING = /\{ *\}/y
const SEQUENCE_END = / *\]/y
const MAPPING_END = / *\}/y
const QUOTED_KEY = /"([^"\\]*)" *: */y
const PLAIN_KEY = /([\w./][\w./-]*): +/y
const DOUBLE_QUOTED = /"([^"\\]*)"/y
const SINGLE_QUOTED = /'([^']*(?:''[^']*)*)'/y
/** No colon, no hash: what they mean depends on what stands around them. */
const PLAIN = /((?:[\w./~+]|-(?=[^\s,\]}]))[\w./~+=@%()$;<>^-]*(?: +[\w./~+=@%()$;<>^-]+)*)/y

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at
  const match = pattern.exec(reader.text)
  if (match === null) return undefined
  reader.at = pattern.lastIndex
  return match[1] ?? match[0]
}
