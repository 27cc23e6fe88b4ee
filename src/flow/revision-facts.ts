import type {ReleaseRevision} from '../cluster/releases.ts'
import {mainImageOf} from '../version/main-image.ts'
import {parseManifest} from '../diff/manifests.ts'
import type {RevisionFacts} from '../plan/facts.ts'
import type {World} from './world.ts'

/** helm's own record of a revision as the core sees it. What is secret in it is hidden from here on. */
export async function revisionFactsOf(
  read: ReleaseRevision,
  {secrecy, privateFiles}: Pick<World, 'secrecy' | 'privateFiles'>,
): Promise<RevisionFacts> {
  const objects = parseManifest(read.manifest, read.namespace)
  const hooks = parseManifest(read.hooks, read.namespace)
  secrecy.learnFrom([...objects, ...hooks])
  secrecy.hide((await privateFiles).earlierIn(read.config))
  return {
    revision: read.revision,
    status: read.status,
    chart: {name: read.chart.name, version: read.chart.version},
    updatedAt: read.updatedAt,
    objects,
    ...mainImageOf(objects, read.config, read.chart.name),
    hooks,
    isServerSideApplied: read.isServerSideApplied,
    restores: restoredBy(read.description),
  }
}

// helm's own words for a revision that `helm rollback` made.
function restoredBy(description: string): number | undefined {
  const revision = /^Rollback to (\d+)$/.exec(description)?.[1]
  return revision === undefined ? undefined : Number(revision)
}
