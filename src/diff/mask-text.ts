import {makeFinder, type Span} from './find-texts.ts'
import {formsOf} from './secret-forms.ts'
import {MIN_SECRET_CHARS} from './secret-values.ts'

/** Text without hidden values; `placeholder` says what stands in place of each. */
export type TextMask = (text: string, placeholder?: (hidden: string) => string) => string

const MASK = '<hidden>'

/** Foreign text (a log, an error of helm's) without these values, in any form they commonly take. */
export function maskText(text: string, values: readonly string[]): string {
  return makeMask(values)(text)
}

/** The same for many texts: the forms of the values are worked out once. */
export function makeMask(values: readonly string[]): TextMask {
  const forms = [...new Set(values.flatMap(formsOf))]
  const find = makeFinder(
    forms.filter(form => !form.includes('\n')),
    MIN_SECRET_CHARS,
  )
  const blocks = forms.filter(form => form.includes('\n')).map(makeBlockFinder)
  return (text, placeholder = () => MASK) => {
    const spans = [...find(text), ...blocks.flatMap(findBlock => findBlock(text))]
    return spans.length === 0 ? text : replaceSpans(text, spans, placeholder)
  }
}

/** The lines of a value may be indented, stand in a diff, or be joined into one. */
function makeBlockFinder(block: string): (text: string) => Span[] {
  const lines = block.split('\n').map(line => line.replace(/^[\s+-]+|\s+$/g, ''))
  const parts = lines.filter(line => line !== '')
  const first = parts[0] ?? ''
  const pattern = new RegExp(parts.map(quoted).join('\\s[\\s+-]*'), 'g')
  return text => {
    const spans: Span[] = []
    if (!text.includes(first)) return spans
    pattern.lastIndex = 0
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      spans.push({start: match.index, end: match.index + match[0].length})
      pattern.lastIndex = match.index + 1
    }
    return spans
  }
}

function quoted(line: string): string {
  return line.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

/** Spans may overlap, and none must leave the rest of another behind. */
function replaceSpans(text: string, spans: readonly Span[], placeholder: (hidden: string) => string): string {
  let result = ''
  let end = 0
  for (const span of mergeSpans(spans)) {
    result += text.slice(end, span.start) + placeholder(text.slice(span.start, span.end))
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
