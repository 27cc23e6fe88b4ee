import {lstat, readFile, stat} from 'node:fs/promises'
import {isAbsolute, join} from 'node:path'
import {parseHelmYaml} from '../diff/helm-yaml.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'

/** Where a value of a release comes from: the last of helmfile's values that has it. */
export type Deciding =
  | {kind: 'file'; name: string; isLink: boolean}
  | {kind: 'outside'; name: string}
  | {kind: 'inline'}
  | {kind: 'chart'}

/** @param directory the service's directory in the snapshot */
export async function decidingFile(
  {values}: StateRelease,
  directory: string,
  path: readonly string[],
): Promise<Deciding> {
  for (const one of values.toReversed()) {
    if (typeof one !== 'string') {
      if (has(one, path)) return {kind: 'inline'}
      continue
    }
    if (!has(await readValues(one, directory), path)) continue
    if (isAbsolute(one)) return {kind: 'outside', name: one}
    return {kind: 'file', name: one, isLink: (await lstat(join(directory, one))).isSymbolicLink()}
  }
  return {kind: 'chart'}
}

/** The contents of one values file; nothing where there is none. */
export async function readValues(name: string, directory: string): Promise<unknown> {
  const path = isAbsolute(name) ? name : join(directory, name)
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined
  return parseHelmYaml(await readFile(path, 'utf8'), name)[0]
}

function has(values: unknown, [key = '', ...rest]: readonly string[]): boolean {
  if (typeof values !== 'object' || values === null) return false
  const inner = (values as Record<string, unknown>)[key]
  return rest.length === 0 ? inner !== undefined && inner !== null : has(inner, rest)
}
