import {readdir, realpath, stat} from 'node:fs/promises'
import {basename, isAbsolute, join, relative, resolve} from 'node:path'
import type {StateRelease} from '../tools/helmfile-state.ts'

/**
 * The paths of the charts repository that a release is made from: the service's directory and what its links point to,
 * values files of other directories, the chart, and the files that all services of the group share.
 * Files of other environments and releases are not among them.
 * @param root the snapshot
 * @param checkout what it was copied from; charts that a chart repository publishes are only there
 * @param chart as helmfile names it: `wmf-stable/shop`, or a directory
 * @param others names of the other environments and releases
 * @param isChartNew whether the release gets another version of its chart; one from a chart repository that stays does not come from here
 * @returns pathspecs of git's
 */
export async function pathsInTree(
  {root, checkout}: {root: string; checkout: string},
  directory: string,
  chart: string,
  written: StateRelease | undefined,
  others: readonly string[],
  isChartNew = true,
): Promise<string[]> {
  const home = await realpath(root)
  const service = relative(root, directory)
  const [entries, charts, published] = await Promise.all([
    readdir(directory, {withFileTypes: true, recursive: true}),
    pathIn(root, resolve(directory, chart)),
    isChartNew ? pathIn(checkout, join(checkout, 'charts', basename(chart))) : [],
  ])
  const linked = await Promise.all(
    entries.filter(entry => entry.isSymbolicLink()).map(entry => real(join(entry.parentPath, entry.name))),
  )
  const foreign = entries.filter(
    entry =>
      entry.isFile() && !valuesFilesOf(written).includes(entry.name) && isNamedAfter(entry.name, others),
  )
  const excluded = foreign.map(entry => `:(exclude)${relative(root, join(entry.parentPath, entry.name))}`)
  const named = await Promise.all(valuesFilesOf(written).map(file => real(resolve(directory, file))))
  const elsewhere = [...linked, ...named]
    .flatMap(file => (file === undefined ? [] : [relative(home, file)]))
    .filter(path => !isOutside(path) && !path.startsWith(`${service}/`))
  const shared = await sharedFiles(home, service)
  return [service, ...new Set([...elsewhere, ...charts, ...published, ...shared]), FIXTURES, ...excluded]
}

// What CI renders with.
const FIXTURES = ':(exclude,glob)**/.fixtures/**'

/** Values files outside the charts repository, as helmfile names them; helmfile goes on without those that do not exist. */
export async function filesOutside(
  root: string,
  directory: string,
  written: StateRelease | undefined,
): Promise<string[]> {
  const home = await realpath(root)
  const files = await Promise.all(
    valuesFilesOf(written).map(async file => {
      const named = resolve(directory, file)
      const found = await real(named)
      if (found === undefined) return isAbsolute(file) && isOutside(relative(root, file)) ? [file] : []
      if (!isOutside(relative(home, found))) return []
      // A link of the repository that leads out of it: what it leads to has the name that means something.
      return [isAbsolute(file) ? named : found]
    }),
  )
  return [...new Set(files.flat())]
}

function valuesFilesOf(written: StateRelease | undefined): string[] {
  return (written?.files ?? []).filter(file => !file.includes('://'))
}

/** `values-eqiad.yaml` and `values-canary-eqiad.yaml` are named after eqiad. */
function isNamedAfter(file: string, names: readonly string[]): boolean {
  const stem = `-${file.replace(/\.ya?ml(\.gotmpl)?$/, '')}-`
  return names.some(name => stem.includes(`-${name}-`))
}

/** Nothing where it is not there, is the repository itself or outside of it. */
async function pathIn(root: string, path: string): Promise<string[]> {
  const [home, found] = await Promise.all([real(root), real(path)])
  const inTree = home === undefined || found === undefined ? '' : relative(home, found)
  return inTree === '' || isOutside(inTree) ? [] : [inTree]
}

/** Such as `global.yaml`, the base of every helmfile of a group. */
async function sharedFiles(home: string, service: string): Promise<string[]> {
  const group = join(service, '..')
  const entries = await readdir(join(home, group), {withFileTypes: true})
  return entries
    .filter(entry => entry.isFile() && /\.ya?ml(\.gotmpl)?$/.test(entry.name))
    .map(entry => join(group, entry.name))
}

async function real(path: string): Promise<string | undefined> {
  const isThere = await stat(path).catch(() => undefined)
  return isThere && realpath(path)
}

function isOutside(path: string): boolean {
  return path.startsWith('..') || isAbsolute(path)
}
