import {isAlias, isScalar, parse, parseDocument, type Scalar} from 'yaml'

export type Edit = {kind: 'edited'; text: string} | {kind: 'refused'; why: string}

/**
 * Write one value into a values file and leave every other letter as it is: comments, quotes, anchors, order.
 * @param path of a value that stands in the file
 */
export function editValue(text: string, path: readonly string[], value: string): Edit {
  const document = parseDocument(text, {merge: true, uniqueKeys: false})
  const node = document.getIn(path, true)
  if (isAlias(node)) return {kind: 'refused', why: `an alias (*${node.source}) stands there`}
  if (!isScalar(node) || !node.range)
    return {kind: 'refused', why: 'it is not written there as a plain value'}
  const [from, to] = node.range
  const edited = text.slice(0, from) + quotedLike(node, value) + text.slice(to)
  return isOnlyChange(text, edited, path, value)
    ? {kind: 'edited', text: edited}
    : {kind: 'refused', why: 'other values would change with it (an anchor, perhaps)'}
}

/** In the quotes it had; a plain text that YAML would take for a number or date gets some. */
function quotedLike({type}: Scalar, value: string): string {
  if (type === 'QUOTE_SINGLE') return `'${value}'`
  if (type === 'QUOTE_DOUBLE') return `"${value}"`
  const isText = (['1.1', '1.2'] as const).every(version => parse(value, {version}) === value)
  return isText ? value : `"${value}"`
}

// What was read from the file before and after tells, whatever the letters are.
function isOnlyChange(before: string, after: string, path: readonly string[], value: string): boolean {
  const [old, now] = [before, after].map(text => parseDocument(text, {merge: true, uniqueKeys: false}).toJS())
  return JSON.stringify(withValue(old, path, value)) === JSON.stringify(now)
}

function withValue(tree: unknown, [key = '', ...rest]: readonly string[], value: string): unknown {
  if (typeof tree !== 'object' || tree === null) return tree
  const map = tree as Record<string, unknown>
  return {...map, [key]: rest.length === 0 ? value : withValue(map[key], rest, value)}
}
