import {fullTag, splitImage} from './tag.ts'

/** Where in a release's values the version of one image is written, and in which form. */
export type VersionPlace = {
  path: readonly string[]
  /** The tag that the image has now, with its digest if it has one. */
  current: string
  imageName: string
  form: VersionForm
}

export type VersionForm =
  | {kind: 'tag'}
  /** The chart adds the rest of the tag from another value, such as a flavour. */
  | {kind: 'start-of-tag'; rest: string}
  /** The whole image stands there: `name:tag`. */
  | {kind: 'image'; name: string}

/**
 * Every place in the merged values that a workload's image gets its tag from.
 * A candidate is a leaf that holds the tag of a rendered image (under a key that speaks of a version or tag), its start, or
 * the image itself. It is only a candidate: the caller proves it by rendering with another value.
 */
export function findVersionPlaces(values: unknown, images: readonly string[]): VersionPlace[] {
  const leaves = leavesOf(values, [])
  const texts = new Set(leaves.map(leaf => leaf.value))
  const rendered = [...new Set(images)].map(image => ({name: splitImage(image).name, tag: fullTag(image)}))
  return leaves.flatMap(({path, value}) => {
    for (const image of rendered) {
      const form = formOf(path.at(-1) ?? '', value, image, texts)
      if (form !== undefined) return [{path, current: image.tag, imageName: image.name, form}]
    }
    return []
  })
}

function formOf(
  key: string,
  value: string,
  image: {name: string; tag: string},
  texts: ReadonlySet<string>,
): VersionForm | undefined {
  const {tag} = image
  if (value === '' || tag === '') return undefined
  if (
    /image/i.test(key) &&
    value.endsWith(`:${tag}`) &&
    isNameOf(value.slice(0, -tag.length - 1), image.name)
  ) {
    return {kind: 'image', name: value.slice(0, -tag.length - 1)}
  }
  if (!/version|tag$/i.test(key)) return undefined
  if (value === tag) return {kind: 'tag'}
  const rest = tag.startsWith(`${value}-`) ? tag.slice(value.length + 1) : ''
  return rest !== '' && texts.has(rest) ? {kind: 'start-of-tag', rest: `-${rest}`} : undefined
}

// The registry's host is often a value of its own.
function isNameOf(written: string, name: string): boolean {
  return name === written || name.endsWith(`/${written}`)
}

/** Every value under a key that speaks of a version or image, by its path: what `findVersionPlaces` looks at. */
export function candidatesOf(values: unknown): Map<string, string> {
  const leaves = leavesOf(values, []).filter(({path}) => /version|tag$|image/i.test(path.at(-1) ?? ''))
  return new Map(leaves.map(leaf => [pathKey(leaf), leaf.value]))
}

function isOfMainApp(path: readonly string[], chart: string): boolean {
  return path.length === 2 && ['main_app', 'app', chart].includes(path[0] ?? '')
}

/** What has to be written at a place for a tag; nothing when the place cannot make that tag. */
export function valueAt({form}: VersionPlace, tag: string): string | undefined {
  switch (form.kind) {
    case 'tag':
      return tag
    case 'start-of-tag':
      return tag.endsWith(form.rest) ? tag.slice(0, -form.rest.length) : undefined
    case 'image':
      return `${form.name}:${tag}`
  }
}

/** The tag that values give at a place; none where they leave it to others. */
export function tagAt({path, form}: VersionPlace, values: unknown): string | undefined {
  const found = path.reduce<unknown>((value, key) => (isMap(value) ? value[key] : undefined), values)
  if (typeof found !== 'string' && typeof found !== 'number') return undefined
  const written = String(found)
  switch (form.kind) {
    case 'tag':
      return written
    case 'start-of-tag':
      return written + form.rest
    case 'image':
      return splitImage(written).tag
  }
}

/**
 * The place that a TAG means: under what charts call their main application, or the only one there is. A lone place that
 * decides but one image of several may be a sidecar's, and is not guessed.
 */
export function preferredPlace(
  places: readonly VersionPlace[],
  chart: string,
  images: readonly string[],
): VersionPlace | undefined {
  const main = places.filter(({path}) => isOfMainApp(path, chart))
  if (main.length > 0) return main.length === 1 ? main[0] : undefined
  const names = new Set(images.map(image => splitImage(image).name))
  return places.length === 1 && names.size === 1 ? places[0] : undefined
}

/** The one that `preferredPlace` tells, of all that there are. */
export function placeOf(values: unknown, chart: string, images: readonly string[]): VersionPlace | undefined {
  return preferredPlace(findVersionPlaces(values, images), chart, images)
}

/** What a place is called in `candidatesOf`. */
export function pathKey({path}: Pick<VersionPlace, 'path'>): string {
  return path.join('\0')
}

/** `['main_app', 'version']`, `x` → `{main_app: {version: 'x'}}`. */
export function valuesFor(path: readonly string[], tag: string): Record<string, unknown> {
  const [key = '', ...rest] = path
  return {[key]: rest.length === 0 ? tag : valuesFor(rest, tag)}
}

/** Merge as helm does: maps key by key, anything else replaced, null removes. */
export function mergeValues(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over === undefined ? base : over
  const merged: Record<string, unknown> = {...base}
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key]
    else merged[key] = mergeValues(merged[key], value)
  }
  return merged
}

function leavesOf(value: unknown, path: readonly string[]): {path: readonly string[]; value: string}[] {
  if (isMap(value)) return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]))
  return typeof value === 'string' || typeof value === 'number' ? [{path, value: String(value)}] : []
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
