import {listRevisions} from '../cluster/releases.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {EnvironmentSite} from './open-environment.ts'

export type LatestRevision = {revision: number; status: string}

/** The newest revision of each release by `namespace/name`; one small request a namespace. */
export async function latestRevisions(
  site: EnvironmentSite,
  releases: readonly ReleaseRef[],
): Promise<ReadonlyMap<string, LatestRevision>> {
  const byNamespace = Map.groupBy(releases, release => release.namespace)
  const found = await Promise.all(
    [...byNamespace].map(([namespace, some]) =>
      listRevisions(
        site.cluster,
        namespace,
        some.map(release => release.name),
      ),
    ),
  )
  const latest = new Map<string, LatestRevision>()
  // Newest first, so the first of a name is the one.
  for (const {namespace, name, revision, status} of found.flat()) {
    const key = `${namespace}/${name}`
    if (!latest.has(key)) latest.set(key, {revision, status})
  }
  return latest
}
