import type {EnvironmentFacts} from '../plan/facts.ts'
import {releaseKey} from '../plan/release-ref.ts'
import {captureReleases} from '../tools/capture.ts'
import {readYaml} from '../tools/pull-chart.ts'
import {mergeValues} from '../version/place.ts'
import type {EnvironmentSite} from './open-environment.ts'

/** Values by `namespace/name`, without the chart's own. */
export type GitValues = ReadonlyMap<string, unknown>

/**
 * What git gives each release of an environment. Nothing is rendered, and nothing depends on it: none where helmfile cannot tell,
 * since who goes back may well do so because of what git says.
 */
export async function readGitValues(
  {name}: EnvironmentFacts,
  selectors: readonly string[],
  {launcherSite, cluster}: EnvironmentSite,
): Promise<GitValues> {
  try {
    const captured = await captureReleases(launcherSite, name, selectors)
    const read = captured.map(async release => {
      const namespace = release.namespace || (cluster.namespace ?? 'default')
      const files = await Promise.all(release.valuesFiles.map(readYaml))
      return [releaseKey({namespace, name: release.name}), files.reduce<unknown>(mergeValues, {})] as const
    })
    return new Map(await Promise.all(read))
  } catch {
    return new Map()
  }
}
