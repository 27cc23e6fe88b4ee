/** One line of a unified diff of YAML that is new or gone, and where it stands as far as the diff shows. */
export type ChangedLine = {sign: '+' | '-'; key: string; value: string; path: string}

/**
 * The changed lines of a diff (see changes.ts). The hunk's heading says where its first change stands; of those behind it one
 * knows only the less indented lines before them.
 */
export function changedLines(diff: string): ChangedLine[] {
  const found: ChangedLine[] = []
  let heading: string | undefined
  let above: {indent: number; key: string}[] = []
  for (const line of diff.split('\n')) {
    const path = /^@@ .* @@ ?(.*)$/.exec(line)?.[1]
    if (path !== undefined) {
      heading = path
      above = []
      continue
    }
    const [, sign, indent, key, value] = partsOf(line)
    above = [...above.filter(one => one.indent < indent), {indent, key}]
    if (sign === ' ') continue
    const isFirst = heading !== undefined && (key === '' || lastKey(heading) === key)
    found.push({sign, key, value, path: isFirst ? (heading ?? '') : above.map(one => one.key).join('.')})
    if (!isFirst) heading = undefined
  }
  return found
}

/** An item's dash is part of the indentation of what stands behind it. */
function partsOf(line: string): [string, '+' | '-' | ' ', number, string, string] {
  const [all = '', sign = ' ', spaces = '', key, value = ''] =
    /^([-+ ])(\s*(?:- )*)(?:("[^"]*"|[^:"]+):)? ?(.*)$/.exec(line) ?? []
  return [all, sign as '+' | '-' | ' ', spaces.length, key ?? '', value]
}

function lastKey(path: string): string {
  return path.split('.').at(-1)?.replace(/\[.*$/, '') ?? ''
}
