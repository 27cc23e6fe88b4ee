import {imagesIn} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/manifests.ts'
import {DeployError} from '../errors.ts'
import type {VersionOverride} from '../plan/facts.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'
import {
  candidatesOf,
  findVersionPlaces,
  preferredPlace,
  valueAt,
  type VersionPlace,
} from '../version/place.ts'
import {isConfirmed, type ProvenPlace, samePlace} from '../version/same-place.ts'
import {fullTag} from '../version/tag.ts'
import {forgetVersion, mergedValues, render, type Rendered, type Rendering} from './render-release.ts'
import {siteOf} from './sites.ts'
import {tryDeployedPlace} from './tried-render.ts'
import {outsideOrigin} from './values-origin.ts'

/**
 * Render a release with the version that was asked for. The place it is written at is proven: by the render itself, where the version
 * goes where that of the deployed release stood; else by comparing it with one without, once for each chart of a run (another
 * release of that chart with the same candidates is only checked afterwards).
 * @param written the release in helmfile's state
 * @param deployed where the version of what runs stood
 * @throws DeployError `usage` when it cannot be told where the version belongs, or when it is not the repository's to say
 */
export async function renderAsked(
  tag: string | undefined,
  rendering: Rendering,
  written: StateRelease | undefined,
  deployed: VersionPlace | undefined,
): Promise<Rendered> {
  if (tag === undefined) return asInGit(rendering, undefined)
  const values = await mergedValues(rendering)
  const tried = await tryDeployedPlace(tag, values, rendering, deployed)
  if (tried !== undefined) {
    await refuseOutside(tried.place, rendering, written)
    return tried
  }
  const {proofs} = rendering.circumstances.shared
  const chart = rendering.pulled.path
  const earlier = proofs.get(chart)
  if (earlier === undefined) {
    const finding = findPlace(tag, values, rendering)
    proofs.set(
      chart,
      finding.catch(() => undefined),
    )
    return withPlace((await finding)?.place, tag, rendering, written)
  }
  const known = await earlier
  const same = known && (await asProven(known, values, tag, rendering, written))
  return same ?? withPlace((await findPlace(tag, values, rendering))?.place, tag, rendering, written)
}

async function findPlace(
  tag: string,
  values: unknown,
  rendering: Rendering,
): Promise<ProvenPlace | undefined> {
  const images = imagesIn(await render(rendering, 'nothing', undefined))
  const places = findVersionPlaces(values, images)
  if (places.length === 0) return undefined
  const place = preferredPlace(places, rendering.pulled.chart.name, images)
  if (place === undefined) throw ambiguous(rendering.captured.name, tag, places)
  return {place, candidates: candidatesOf(values), images}
}

async function asProven(
  known: ProvenPlace,
  values: unknown,
  tag: string,
  rendering: Rendering,
  written: StateRelease | undefined,
): Promise<Rendered | undefined> {
  const place = samePlace(known, values)
  if (place === undefined || valueAt(place, tag) === undefined) return undefined
  const isInGit = place.current === tag
  const override = isInGit ? undefined : await overrideAt(place, tag, rendering, written)
  const objects = await render(rendering, rendering.against, override)
  if (isConfirmed(known, tag, imagesIn(objects))) return {objects, override, place}
  await forgetVersion(rendering)
  return undefined
}

async function withPlace(
  place: VersionPlace | undefined,
  tag: string,
  rendering: Rendering,
  written: StateRelease | undefined,
): Promise<Rendered> {
  if (place === undefined || place.current === tag) return asInGit(rendering, place)
  const override = await overrideAt(place, tag, rendering, written)
  const objects = await render(rendering, rendering.against, override)
  proveVersion(objects, override, rendering.captured.name)
  return {objects, override, place}
}

async function asInGit(rendering: Rendering, place: VersionPlace | undefined): Promise<Rendered> {
  return {objects: await render(rendering, rendering.against, undefined), override: undefined, place}
}

async function overrideAt(
  place: VersionPlace,
  tag: string,
  rendering: Rendering,
  written: StateRelease | undefined,
): Promise<VersionOverride> {
  await refuseOutside(place, rendering, written)
  return {path: place.path, value: writtenAt(place, tag, rendering.captured.name), tag}
}

// What another program writes is that program's to change: it would be undone at its next turn.
async function refuseOutside(
  place: VersionPlace,
  {captured, circumstances: {world}}: Rendering,
  written: StateRelease | undefined,
): Promise<void> {
  if (world.options.isOverrideAllowed || written === undefined) return
  const {directory} = await siteOf(world)
  const file = await outsideOrigin(captured, written, directory, place.path)
  if (file === undefined) return
  throw new DeployError(
    'usage',
    `set the version of ${captured.name}: ${file} decides it, which is not in the repository.`,
    {
      hint: 'Change it with the tool that writes that file, or say --override if this is meant.',
    },
  )
}

function writtenAt(place: VersionPlace, tag: string, releaseName: string): string {
  const value = valueAt(place, tag)
  if (value !== undefined) return value
  const rest = place.form.kind === 'start-of-tag' ? place.form.rest : ''
  throw new DeployError(
    'usage',
    `set the version of ${releaseName} to ${tag}: its chart adds ${rest} to every tag.`,
    {
      hint: `Use a tag that ends in ${rest}, such as ${place.current}.`,
    },
  )
}

// `setTemplate` and the like win over values files, so the render itself is asked.
function proveVersion(
  objects: readonly KubernetesObject[],
  override: VersionOverride,
  releaseName: string,
): void {
  if (imagesIn(objects).some(image => fullTag(image) === override.tag)) return
  throw new DeployError(
    'usage',
    `set the version of ${releaseName}: ${override.path.join('.')} does not decide its image.`,
    {
      hint: 'Change the values in the charts repository instead, then run deploy without --version.',
    },
  )
}

function ambiguous(releaseName: string, tag: string, places: readonly VersionPlace[]): DeployError {
  const lines = places.map(place => `  ${placeText(place, tag)}  (${place.imageName}, now ${place.current})`)
  return new DeployError(
    'usage',
    `set the version of ${releaseName} to ${tag}: several places could be meant:\n${lines.join('\n')}`,
    {
      hint: 'Use --set instead of --version, or change the values in the charts repository.',
    },
  )
}

// helm takes a text of digits alone for a number, so such a tag is not proposed.
function placeText(place: VersionPlace, tag: string): string {
  const value = /^[\d.]+$/.test(tag) ? undefined : valueAt(place, tag)
  const path = place.path.map(key => key.replaceAll(/[.,[\]=\\]/g, '\\$&')).join('.')
  return value === undefined ? path : `--set ${path}=${value}`
}
