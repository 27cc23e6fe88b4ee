import {splitImage} from './tag.ts'

/** Where in a release's values the version of one image is written. */
export type VersionPlace = {path: readonly string[]; current: string; imageName: string}

/**
 * Every place in the merged values that a workload's image gets its tag from.
 * A candidate is a leaf whose key speaks of a version or tag and whose value is the tag of a rendered image.
 * It is only a candidate: the caller proves it by rendering with another value.
 */
export function findVersionPlaces(values: unknown, images: readonly string[]): VersionPlace[] {
  const byTag = Map.groupBy(images.map(splitImage), image => image.tag ?? '')
  return leavesOf(values, []).flatMap(({path, value}) => {
    const used = byTag.get(value)
    const key = path.at(-1) ?? ''
    const imageName = used?.[0]?.name
    return imageName !== undefined && value !== '' && /version|tag$/i.test(key)
      ? [{path, current: value, imageName}]
      : []
  })
}

/** The place that a bare TAG means, by what charts commonly call their main image; none when it is not clear. */
export function preferredPlace(places: readonly VersionPlace[]): VersionPlace | undefined {
  if (places.length <= 1) return places[0]
  const main = places.filter(place => ['main_app.version', 'app.version'].includes(place.path.join('.')))
  return main.length === 1 ? main[0] : undefined
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
