import {candidatesOf, pathKey, type VersionPlace} from './place.ts'
import {splitImage, withTag} from './tag.ts'

/** A place that was proven by comparing renders, with what the proof rests on. */
export type ProvenPlace = {
  place: VersionPlace
  /** Every value that could have been the place, by path. */
  candidates: ReadonlyMap<string, string>
  /** What the chart renders with the values as they are. */
  images: readonly string[]
}

/**
 * The same place in another release of the same chart, when its values offer the same candidates: only the place itself
 * may hold something else. `isConfirmed` has to agree once the release is rendered.
 */
export function samePlace(proven: ProvenPlace, values: unknown): VersionPlace | undefined {
  const {place, candidates} = proven
  const here = candidatesOf(values)
  const own = pathKey(place)
  const written = here.get(own)
  if (written === undefined || here.size !== candidates.size) return undefined
  for (const [path, value] of candidates) {
    if (path !== own && here.get(path) !== value) return undefined
  }
  const current = currentAt(place, written)
  return current === undefined ? undefined : {...place, current}
}

/** Whether a render with `tag` at the place shows the images of the proof, the place's own with that tag. */
export function isConfirmed(proven: ProvenPlace, tag: string, images: readonly string[]): boolean {
  const expected = proven.images.map(image =>
    splitImage(image).name === proven.place.imageName ? withTag(proven.place.imageName, tag) : image,
  )
  const found = new Set(images)
  const wanted = new Set(expected)
  return wanted.size === found.size && [...wanted].every(image => found.has(image))
}

function currentAt({form}: VersionPlace, written: string): string | undefined {
  switch (form.kind) {
    case 'tag':
      return written
    case 'start-of-tag':
      return `${written}${form.rest}`
    case 'image':
      return written.startsWith(`${form.name}:`) ? written.slice(form.name.length + 1) : undefined
  }
}
