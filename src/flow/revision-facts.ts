import type {ReleaseRevision} from '../cluster/releases.ts'
import {mainImageOf} from '../version/main-image.ts'
import {parseManifest} from '../diff/manifests.ts'
import type {RevisionFacts} from '../plan/facts.ts'

/** helm's own record of a revision as the core sees it. */
export function revisionFactsOf(read: ReleaseRevision): RevisionFacts {
  const objects = parseManifest(read.manifest, read.namespace)
  return {
    revision: read.revision,
    status: read.status,
    chart: {name: read.chart.name, version: read.chart.version},
    updatedAt: read.updatedAt,
    objects,
    ...mainImageOf(objects, read.config, read.chart.name),
    hooks: parseManifest(read.hooks, read.namespace),
  }
}
