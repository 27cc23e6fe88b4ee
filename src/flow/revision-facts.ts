import type {ReleaseRevision} from '../cluster/releases.ts'
import {parseManifest} from '../diff/manifests.ts'
import type {RevisionFacts} from '../plan/facts.ts'

/** helm's own record of a revision as the core sees it. */
export function revisionFactsOf(read: ReleaseRevision): RevisionFacts {
  return {
    revision: read.revision,
    status: read.status,
    chart: {name: read.chart.name, version: read.chart.version},
    updatedAt: read.updatedAt,
    objects: parseManifest(read.manifest, read.namespace),
    hooks: parseManifest(read.hooks, read.namespace),
  }
}
