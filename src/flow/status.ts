import {imagesOf} from '../diff/images.ts'
import {readRecords, type RunRecord} from '../journal/record.ts'
import type {EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {EnvironmentStatus, ReleaseStatus, ServiceStatus} from '../plan/status.ts'
import {gatherLive} from './gather-live.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

/** What of a service runs where, since when and by whom. Reads only. */
export async function readStatus(environments: readonly string[], world: World): Promise<ServiceStatus> {
  const gathered = await gatherLive(environments, [], world)
  try {
    const read = await Promise.all(
      gathered.facts.environments.map(facts =>
        environmentStatus(facts, gathered.sites.get(facts.name), world),
      ),
    )
    const skipped = gathered.facts.skipped.map(({environment, reason}) => ({
      name: environment,
      problem: reason,
      releases: [],
    }))
    return {service: `${world.service.group}/${world.service.name}`, environments: [...read, ...skipped]}
  } finally {
    await gathered.close()
  }
}

async function environmentStatus(
  facts: EnvironmentFacts,
  site: EnvironmentSite | undefined,
  world: World,
): Promise<EnvironmentStatus> {
  const namespaces = [...new Set(facts.releases.map(release => release.namespace))]
  const records = site
    ? (
        await Promise.all(
          namespaces.map(namespace =>
            readRecords({cluster: site.cluster, namespace, service: world.service.name}),
          ),
        )
      ).flat()
    : []
  return {name: facts.name, releases: facts.releases.map(release => releaseStatus(release, records))}
}

function releaseStatus(release: ReleaseFacts, records: readonly RunRecord[]): ReleaseStatus {
  const {deployed, latest} = release
  const images = [
    ...new Set(deployed?.objects.flatMap(object => imagesOf(object).map(({image}) => image)) ?? []),
  ]
  const run = records.find(record =>
    record.releases.some(one => one.name === release.name && revisionsOf(one).includes(deployed?.revision)),
  )
  return {
    namespace: release.namespace,
    name: release.name,
    status: latest?.status ?? 'not-installed',
    revision: deployed?.revision,
    chart: deployed === undefined ? undefined : `${deployed.chart.name}-${deployed.chart.version}`,
    images,
    since: deployed?.updatedAt,
    ...(run === undefined
      ? {}
      : {by: run.by, runId: run.runId, ...(run.message === undefined ? {} : {message: run.message})}),
  }
}

function revisionsOf(one: RunRecord['releases'][number]): (number | null | undefined)[] {
  return [one.after, one.restored].filter(revision => revision !== null)
}
