import {imagesIn} from '../diff/images.ts'
import {type Likely, pathToTry, provenBy} from '../version/same-place.ts'
import type {VersionPlace} from '../version/place.ts'
import {forgetVersion, type Rendered, render, type Rendering} from './render-release.ts'

/**
 * Render with the version where it most likely belongs: where no other image has that tag, the render itself proves the place, and a
 * second one, without the version, is saved.
 * @returns nothing where no place is likely, or the render does not prove it
 */
export async function tryLikely(
  likely: Likely,
  rendering: Rendering,
): Promise<(Rendered & {place: VersionPlace}) | undefined> {
  const {values, tag} = likely
  const path = pathToTry(likely)
  if (path === undefined) return undefined
  const override = {path, value: tag, tag}
  // Whether the version is to blame for its failure is for the render without it to say.
  const objects = await render(rendering, rendering.against, override).catch(() => [])
  const place = provenBy({values, path, tag, images: imagesIn(objects)})
  if (place !== undefined) return {objects, override, place}
  await forgetVersion(rendering)
  return undefined
}
