import {candidatesOf, pathKey, placeOf, type VersionPlace} from './place.ts'
import {fullTag, splitImage, withTag} from './tag.ts'

/** What is known of a release before it is rendered with another version. */
export type Untried = {
  /** The chart's values with the release's own over them. */
  values: unknown
  chart: string
  tag: string
  /** What helm is called with beside the values. */
  argv: readonly string[]
  /** Where the version of what runs stood, by helm's own record of its values. */
  deployed: VersionPlace | undefined
}

/**
 * Where a tag can be tried such that the render itself proves the place: where it stood when what runs was deployed, and nothing
 * else that is given to helm holds this tag.
 */
export function placeToTry({values, tag, argv, deployed}: Untried): VersionPlace | undefined {
  if (deployed?.form.kind !== 'tag') return undefined
  const isElsewhere = [JSON.stringify(values), ...argv].some(text => text.includes(tag))
  return isElsewhere || !candidatesOf(values).get(pathKey(deployed)) ? undefined : deployed
}

/**
 * The place that such a render proves: its image has the tag, and with git's value there instead it is the one that a TAG means.
 * @param images of the render
 */
export function provenBy(
  images: readonly string[],
  {imageName, ...tried}: VersionPlace,
  {values, chart, tag}: Untried,
): VersionPlace | undefined {
  const isShown = (image: string) => splitImage(image).name === imageName && fullTag(image) === tag
  const current = candidatesOf(values).get(pathKey(tried))
  if (!current || !images.some(isShown)) return undefined
  const inGit = images.map(image => (isShown(image) ? withTag(imageName, current) : image))
  const place = placeOf(values, chart, inGit)
  return place?.form.kind === 'tag' && pathKey(place) === pathKey(tried) ? place : undefined
}
