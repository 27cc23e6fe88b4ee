import {readdir, readFile, realpath, stat} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {isPrivateFile, namesLike, outsidePaths} from '../charts/outside-paths.ts'
import {valuesAtPlaces} from '../diff/same-place.ts'
import {collectTexts, privateValuesOf} from '../diff/secret-values.ts'

/** Nobody keeps more than this in a values file; what is larger is something else. */
const MAX_BYTES = 1 << 20

type Found = {path: string; text: string; isPrivate: boolean}

/** What must not be shown of the private files of a service. */
export type PrivateFiles = {
  values: readonly string[]
  /** What earlier values of a release held in their places. */
  earlierIn(values: unknown): string[]
}

/**
 * Read the private files that a service's helmfiles name: files outside the charts repository that not everybody may
 * read. What stands in the repository as well is no secret.
 * @param directory the service's directory
 * @param root the charts repository it is in
 */
export async function readPrivateFiles(directory: string, root: string): Promise<PrivateFiles> {
  const inside = await readConfiguration(directory, root)
  const outside = await readOutside(inside)
  const [ours, everybodys] = [true, false].map(isPrivate =>
    [...inside, ...outside].filter(file => file.isPrivate === isPrivate).map(file => file.text),
  )
  const isSecret = (value: string) => !everybodys?.some(text => standsIn(text, value))
  const isPublicKey = (key: string) => everybodys?.some(text => standsIn(text, key)) ?? false
  const files = (ours ?? []).map(privateValuesOf)
  return {
    values: [...new Set(files.flatMap(file => file.values))].filter(isSecret),
    earlierIn: values =>
      files
        .flatMap(file =>
          file.places.flatMap(place => collectTexts(valuesAtPlaces(values, place, isPublicKey))),
        )
        .filter(isSecret),
  }
}

/** helmfiles, values and what is shared beside the service; a link may lead out of the repository. */
async function readConfiguration(directory: string, root: string): Promise<Found[]> {
  const entries = await Promise.all(
    [directory, dirname(directory)].map(async one =>
      (await readdir(one, {withFileTypes: true})).flatMap(entry =>
        !entry.isDirectory() && /\.(ya?ml|gotmpl|tpl|tmpl)$/.test(entry.name) ? [join(one, entry.name)] : [],
      ),
    ),
  )
  const base = await realpath(root)
  const files = await Promise.all(
    entries.flat().map(async path => {
      const target = await realpath(path).catch(() => path)
      const isOutside = relative(base, target).startsWith('..')
      const found = await readOne(target)
      return found.map(file => ({...file, isPrivate: isOutside && file.isPrivate}))
    }),
  )
  return files.flat()
}

async function readOutside(inside: readonly Found[]): Promise<Found[]> {
  const patterns = new Set(inside.filter(file => !file.isPrivate).flatMap(file => outsidePaths(file.text)))
  const paths = (await Promise.all([...patterns].map(filesLike))).flat()
  return (await Promise.all([...new Set(paths)].map(readOne))).flat()
}

/** node's own glob costs 20 ms to load. */
async function filesLike(pattern: string): Promise<string[]> {
  let paths = ['/']
  for (const segment of pattern.split('/').filter(Boolean)) {
    paths = segment.includes('*')
      ? (await Promise.all(paths.map(path => entriesLike(path, segment)))).flat()
      : paths.map(path => join(path, segment))
  }
  return paths
}

async function entriesLike(directory: string, segment: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter(namesLike(segment)).map(name => join(directory, name))
}

/** Nothing for what is not there, is no file or may not be read: helmfile cannot read it either. */
async function readOne(path: string): Promise<Found[]> {
  try {
    const about = await stat(path)
    if (!about.isFile() || about.size > MAX_BYTES) return []
    return [{path, text: await readFile(path, 'utf8'), isPrivate: isPrivateFile(path, about.mode)}]
  } catch {
    return []
  }
}

function standsIn(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + value.length] ?? ' '}`
    if (/^[\s"',[\]{}][\s"',:[\]{}]$/.test(around)) return true
  }
  return false
}
