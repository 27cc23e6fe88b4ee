import type {KubernetesObject} from '../diff/manifests.ts'
import type {VersionOverride} from '../plan/facts.ts'
import {candidatesOf, likelyPath, type VersionPlace} from '../version/place.ts'
import {keepVersion, render, type Rendering} from './render-release.ts'

/** A render with the version where it most likely belongs, begun before that is proven. */
export type Attempt = {path: readonly string[]; objects: Promise<KubernetesObject[]>}

/** Begins it; none where no place is likely, or git has the version there already. Its failure is told to who takes it. */
export async function attempt(
  tag: string,
  merging: Promise<unknown>,
  rendering: Rendering,
): Promise<Attempt | undefined> {
  const values = await merging.catch(() => undefined)
  const path = likelyPath(values, rendering.pulled.chart.name)
  if (path === undefined || candidatesOf(values).get(path.join('\0')) === tag) return undefined
  const objects = render(rendering, rendering.against, {path, value: tag, tag}, 'attempt.yaml')
  objects.catch(() => {})
  return {path, objects}
}

/** Whether the place that was proven is the one that was tried. */
export function isTried(place: VersionPlace, attempted: Attempt | undefined): attempted is Attempt {
  return place.form.kind === 'tag' && place.path.join('\0') === attempted?.path.join('\0')
}

/** What was tried, kept as what shall be applied. */
export async function taken(
  {objects}: Attempt,
  override: VersionOverride,
  rendering: Rendering,
): Promise<KubernetesObject[]> {
  await keepVersion(rendering, override)
  return objects
}
