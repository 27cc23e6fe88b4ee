import {padEnd} from './layout.ts'
import {textWidth} from './text-width.ts'

type Written = {environment: string; release: string; version: string; path: string; file: string}

/** A line for each release: environment, release, version, and where that stands. */
export function versionsText(versions: readonly Written[]): string {
  if (versions.length === 0) return 'No image of this service takes its tag from its values.'
  const rows = versions.map(one => [one.environment, one.release, one.version, `${one.path} in ${one.file}`])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => textWidth(row[column] ?? ''))))
  return rows.map(row => row.map((cell, column) => padEnd(cell, widths[column] ?? 0)).join('  ')).join('\n')
}
