import {plainScalar} from './yaml-scalars.ts'

/** One line of a printed object, and where in the object it stands. */
export type YamlLine = {text: string; path: string}

/** An object as YAML with sorted keys, in kubectl's layout: two texts differ only where the values do. */
export function yamlLines(value: unknown): YamlLine[] {
  const lines: YamlLine[] = []
  printValue(value, {lines, indent: 0, lead: '', path: ''})
  return lines
}

export function yamlText(value: unknown): string {
  return yamlLines(value)
    .map(line => `${line.text}\n`)
    .join('')
}

/** `lead` is what stands on the first line already, such as `name:` or `-`. */
type Place = {lines: YamlLine[]; indent: number; lead: string; path: string}

function printValue(value: unknown, place: Place): void {
  if (Array.isArray(value) && value.length > 0) return printSequence(value, place)
  if (isMapping(value) && Object.keys(value).length > 0) return printMapping(value, place)
  if (typeof value === 'string' && isBlock(value)) return printBlock(value, place)
  putLine(place, place.lead, scalarText(value))
}

function printMapping(mapping: Record<string, unknown>, place: Place): void {
  const isInline = place.lead.endsWith('-')
  if (!isInline && place.lead !== '') putLine(place, place.lead, '')
  const indent = place.lead === '' ? place.indent : place.indent + 2
  const keys = Object.keys(mapping)
    .filter(key => mapping[key] !== undefined)
    .sort()
  keys.forEach((key, index) => {
    const lead =
      isInline && index === 0 ? `${place.lead} ${keyText(key)}:` : `${' '.repeat(indent)}${keyText(key)}:`
    printValue(mapping[key], {lines: place.lines, indent, lead, path: joinPath(place.path, key)})
  })
}

/** Items stand at their key's own indentation, as kubectl and helm's toYaml print them. */
function printSequence(items: readonly unknown[], place: Place): void {
  const isNested = place.lead.endsWith('-')
  if (!isNested && place.lead !== '') putLine(place, place.lead, '')
  const indent = isNested ? place.indent + 2 : place.indent
  items.forEach((item, index) => {
    const lead = isNested && index === 0 ? `${place.lead} -` : `${' '.repeat(indent)}-`
    printValue(item, {lines: place.lines, indent, lead, path: `${place.path}[${itemName(item, index)}]`})
  })
}

function printBlock(text: string, place: Place): void {
  const chomp = !text.endsWith('\n') ? '-' : /(?:^|\n)\n$/.test(text) ? '+' : ''
  putLine(place, place.lead, `|${/^\n*\s/.test(text) ? '2' : ''}${chomp}`)
  const indent = ' '.repeat(place.lead === '' ? 2 : place.indent + 2)
  for (const line of text.replace(/\n$/, '').split('\n')) putLine(place, line === '' ? '' : indent + line, '')
}

function putLine(place: Place, lead: string, rest: string): void {
  const text = lead !== '' && rest !== '' ? `${lead} ${rest}` : lead + rest
  place.lines.push({text, path: place.path})
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return stringText(value)
  if (Array.isArray(value)) return '[]'
  if (isMapping(value)) return '{}'
  return String(value)
}

function keyText(key: string): string {
  return stringText(key)
}

/** Unquoted only where Kubernetes' own reader gives back this very text. */
function stringText(text: string): string {
  const isPlain =
    /^(?:[\w./<(^$+=~]|--?[A-Za-z])/.test(text) &&
    !/: | #|[:\s]$|[\n\t]/.test(text) &&
    isPrintable(text) &&
    plainScalar(text) === text
  return isPlain ? text : JSON.stringify(text)
}

function isBlock(text: string): boolean {
  return text.includes('\n') && isPrintable(text.replaceAll('\n', '')) && text.trim() !== ''
}

function isPrintable(text: string): boolean {
  // Tabs are common in configuration files and legal inside a block.
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)
}

function itemName(item: unknown, index: number): string {
  return isMapping(item) && typeof item['name'] === 'string' ? item['name'] : String(index)
}

function joinPath(parent: string, key: string): string {
  const part = /^[\w-]+$/.test(key) ? key : `[${key}]`
  return parent === '' || part.startsWith('[') ? parent + part : `${parent}.${part}`
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
