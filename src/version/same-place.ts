import {candidatesOf, likelyPath, type VersionPlace} from './place.ts'
import {fullTag, splitImage} from './tag.ts'

/** A place that was proven by comparing renders, with what the proof rests on. */
export type ProvenPlace = {
  place: VersionPlace
  /** Every value that could have been the place, by path. */
  candidates: ReadonlyMap<string, string>
  /** What the chart renders with the values as they are. */
  images: readonly string[]
}

/** A render with a tag where it most likely belongs, and what is known without it. */
export type Tried = {
  values: unknown
  path: readonly string[]
  tag: string
  /** Of the render. */
  images: readonly string[]
}

/** What is known before anything is rendered; `deployed` are the images that run now. */
export type Likely = {values: unknown; chart: string; tag: string; deployed: readonly string[]}

/**
 * Where a tag may be tried before its place is proven: such that the render itself is the proof, since the tag stands nowhere
 * else, neither in the values nor in what runs.
 */
export function pathToTry({values, chart, tag, deployed}: Likely): readonly string[] | undefined {
  const isElsewhere = [...candidatesOf(values).values()].some(value => value.includes(tag))
  if (isElsewhere || deployed.length === 0 || deployed.some(image => fullTag(image) === tag)) return undefined
  return likelyPath(values, chart)
}

/** The place that a render with a tag at its likely path proves; none where no image has the tag. */
export function provenBy({values, path, tag, images}: Tried): VersionPlace | undefined {
  const current = candidatesOf(values).get(path.join('\0'))
  const shown = images.find(image => fullTag(image) === tag)
  if (!current || shown === undefined) return undefined
  return {path, current, imageName: splitImage(shown).name, form: {kind: 'tag'}}
}

/**
 * The same place in another release of the same chart, when its values offer the same candidates: only the place itself
 * may hold something else. `isConfirmed` has to agree once the release is rendered.
 */
export function samePlace(proven: ProvenPlace, values: unknown): VersionPlace | undefined {
  const {place, candidates} = proven
  const here = candidatesOf(values)
  const own = place.path.join('\0')
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

function withTag(name: string, tag: string): string {
  return tag.startsWith('@') ? `${name}${tag}` : `${name}:${tag}`
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
