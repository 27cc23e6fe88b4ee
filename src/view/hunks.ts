import type {ObjectChange} from '../diff/changes.ts'

/** One place of a difference: the field it begins with, and its lines as in a unified diff. */
export type Hunk = {path: string; lines: readonly string[]}

export function hunksOf(change: ObjectChange): Hunk[] {
  const hunks: {path: string; lines: string[]}[] = []
  for (const line of change.diff.split('\n')) {
    const header = /^@@ [-+\d, ]+ @@ ?(.*)$/.exec(line)
    if (header) hunks.push({path: header[1] ?? '', lines: []})
    else hunks.at(-1)?.lines.push(line)
  }
  return hunks
}

/** With no more than this many unchanged lines around each change. */
export function withContext(hunk: Hunk, contextLines: number): Hunk {
  const isNear = (index: number) =>
    hunk.lines.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(isChangedLine)
  const near = hunk.lines.flatMap((line, index) => (isNear(index) ? [{line, index}] : []))
  const lines = near.flatMap(({line, index}, position) => {
    const previous = near[position - 1]
    return previous !== undefined && previous.index < index - 1 ? [GAP, line] : [line]
  })
  return {path: hunk.path, lines}
}

/** Without the indentation that all its lines share: the path says where it is. */
export function dedented(hunk: Hunk): Hunk {
  const indents = hunk.lines.filter(line => line.slice(1).trim() !== '' && line !== GAP).map(indentOf)
  const shared = Math.min(...indents)
  const lines = hunk.lines.map(line =>
    line === GAP ? line : `${line.slice(0, 1)} ${line.slice(1 + shared)}`,
  )
  return {path: hunk.path, lines: Number.isFinite(shared) ? lines : hunk.lines}
}

const GAP = '  ⋮'

function indentOf(line: string): number {
  return line.slice(1).search(/\S/)
}

export function isChangedLine(line: string): boolean {
  return line.startsWith('+') || line.startsWith('-')
}

/** Two hunks with the same key change the same field in the same way; the names in a path are the objects' own. */
export function hunkKey(change: ObjectChange, hunk: Hunk): string {
  const path = hunk.path.replaceAll(/\[[^\]]*\]/g, '[]')
  const lines = hunk.lines.filter(isChangedLine).map(line => line.replace(CHECKSUM, '$1 #'))
  return [change.kind, change.objectKind, path, ...lines].join('\n')
}

/** A chart's digest of its own configuration: it says that something changed, and differs from release to release. */
const CHECKSUM = /^([-+]\s*checksum\/[\w.-]+:) "?[\da-f]{32,}"?$/

/** The checksums that changed, where nothing else did: people look at the configuration itself. */
export function checksumsIn(hunk: Hunk): string[] {
  const changed = hunk.lines.filter(isChangedLine)
  const names = changed.flatMap(
    line => /(checksum\/[\w.-]+):/.exec(CHECKSUM.exec(line)?.[1] ?? '')?.[1] ?? [],
  )
  return names.length === changed.length ? [...new Set(names)] : []
}
