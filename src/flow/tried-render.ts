import {imagesIn} from '../diff/images.ts'
import {ToolError} from '../errors.ts'
import type {VersionPlace} from '../version/place.ts'
import {placeToTry, provenBy} from '../version/tried-place.ts'
import {forgetVersion, type Rendered, render, type Rendering} from './render-release.ts'

/**
 * Render with the version where that of the deployed release stood: most often the render itself proves that it belongs there, and a
 * second one, without the version, is saved.
 * @param deployed that place, where helm's record tells it
 * @returns nothing where there is no such place, or the render does not prove it
 */
export async function tryDeployedPlace(
  tag: string,
  values: unknown,
  rendering: Rendering,
  deployed: VersionPlace | undefined,
): Promise<(Rendered & {place: VersionPlace}) | undefined> {
  const untried = {values, chart: rendering.pulled.chart.name, tag, argv: rendering.captured.argv, deployed}
  const tried = placeToTry(untried)
  if (tried === undefined) return undefined
  const override = {path: tried.path, value: tag, tag}
  const objects = await render(rendering, rendering.against, override).catch((error: unknown) => {
    // Whether the version is to blame is for a render without it to say.
    if (error instanceof ToolError && error.exitKind === 'bad-render') return []
    throw error
  })
  const place = provenBy(imagesIn(objects), tried, untried)
  if (place !== undefined) return {objects, override, place}
  await forgetVersion(rendering)
  return undefined
}
