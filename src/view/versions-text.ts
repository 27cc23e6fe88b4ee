import {inColumns} from './columns.ts'

type Written = {environment: string; release: string; version: string; path: string; file: string}

/** A line for each release: environment, release, version, and where that stands. */
export function versionsText(versions: readonly Written[], width = Infinity): string {
  if (versions.length === 0) return 'No image of this service takes its tag from its values.'
  const rows = versions.map(one => [one.environment, one.release, one.version, `${one.path} in ${one.file}`])
  return inColumns(rows, {width, under: 2}).join('\n')
}
