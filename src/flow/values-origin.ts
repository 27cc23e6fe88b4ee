import {stat} from 'node:fs/promises'
import {isAbsolute, resolve} from 'node:path'
import type {CapturedRelease} from '../tools/capture.ts'
import {readYaml} from '../tools/pull-chart.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'

/**
 * The file outside the charts repository that decides a value, such as the one scap writes for MediaWiki's images.
 * @param directory the service's directory in the snapshot
 * @param path of the value, key by key
 * @returns nothing when the value comes from the repository or the chart, or when its file cannot be told
 */
export async function outsideOrigin(
  captured: CapturedRelease,
  written: StateRelease,
  directory: string,
  path: readonly string[],
): Promise<string | undefined> {
  const named = await existing(written.values, directory)
  // helmfile keeps their order; another number means globs or templates that cannot be told apart here.
  if (named.length !== captured.valuesFiles.length) return undefined
  const contents = await Promise.all(captured.valuesFiles.map(readYaml))
  const last = contents.findLastIndex(values => has(values, path))
  const origin = named[last]
  return origin?.kind === 'outside' ? origin.file : undefined
}

type Origin = {kind: 'inside'} | {kind: 'outside'; file: string}

async function existing(values: readonly unknown[], directory: string): Promise<Origin[]> {
  const origins = await Promise.all(
    values.map(async (value): Promise<Origin[]> => {
      if (typeof value !== 'string') return [{kind: 'inside'}]
      const isThere = await stat(resolve(directory, value)).catch(() => undefined)
      if (isThere === undefined) return []
      return isAbsolute(value) ? [{kind: 'outside', file: value}] : [{kind: 'inside'}]
    }),
  )
  return origins.flat()
}

function has(values: unknown, path: readonly string[]): boolean {
  let current = values
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !(key in current)) return false
    current = (current as Record<string, unknown>)[key]
  }
  return current !== null && current !== undefined
}
