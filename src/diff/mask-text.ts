import {encodeBase64, MIN_SECRET_CHARS} from './secret-values.ts'

const MASK = '<hidden>'

/** Foreign text (a log, an error of helm's) without these values, in any form they commonly take. */
export function maskText(text: string, values: readonly string[]): string {
  return makeMask(values)(text)
}

/** The same for many texts: the forms of the values are worked out once. */
export function makeMask(values: readonly string[]): (text: string) => string {
  const forms = [...new Set(values.filter(isLongEnough).flatMap(formsOf))].filter(isLongEnough)
  return text =>
    replaceSpans(
      text,
      forms.flatMap(form => spansOf(text, form)),
    )
}

type Span = {start: number; end: number}

/** As it is, indented in YAML, escaped in JSON or a URL, and in base64 wherever in the encoded text it starts. */
function formsOf(value: string): string[] {
  const trimmed = value.trim()
  return [trimmed, escapedInJson(trimmed), inUrl(trimmed), ...base64Forms(value), ...base64Forms(trimmed)]
}

function escapedInJson(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function inUrl(value: string): string {
  return encodeURIComponent(value.toWellFormed())
}

/**
 * base64 packs three bytes into four characters, so a value has three forms, by where it starts. The characters
 * at both ends that its neighbours share in are left out.
 */
function base64Forms(value: string): string[] {
  const whole = encodeBase64(value)
  const inner = [0, 1, 2].map(offset => {
    const encoded = encodeBase64('\0'.repeat(offset) + value).replace(/=+$/, '')
    return encoded.slice(offset === 0 ? 0 : offset + 1, encoded.length % 4 === 0 ? undefined : -1)
  })
  const forms = [whole, ...inner].filter(isLongEnough)
  return forms.flatMap(form => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

/** Finds may overlap, and none must leave the rest of another behind: so the search goes on one character further. */
function spansOf(text: string, form: string): Span[] {
  if (form.includes('\n')) return spansOfLines(text, form)
  const spans: Span[] = []
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1)) {
    spans.push({start, end: start + form.length})
  }
  return spans
}

/** The lines of a value may be indented, or stand in a diff. */
function spansOfLines(text: string, form: string): Span[] {
  const pattern = new RegExp(form.split('\n').map(linePattern).join('[ \\t\\r]*\\n[ \\t+-]*'), 'g')
  const spans: Span[] = []
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    spans.push({start: match.index, end: match.index + match[0].length})
    pattern.lastIndex = match.index + 1
  }
  return spans
}

function linePattern(line: string): string {
  return line.replace(/^[ \t+-]+|[ \t\r]+$/g, '').replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

function replaceSpans(text: string, spans: readonly Span[]): string {
  let result = ''
  let end = 0
  for (const span of mergeSpans(spans)) {
    result += text.slice(end, span.start) + MASK
    end = span.end
  }
  return result + text.slice(end)
}

function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((left, right) => left.start - right.start)) {
    const last = merged.at(-1)
    if (last !== undefined && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else merged.push({...span})
  }
  return merged
}

function isLongEnough(value: string): boolean {
  return value.trim().length >= MIN_SECRET_CHARS
}
