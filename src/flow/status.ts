import type {LockPlace} from '../journal/lock.ts'
import type {RunRecord} from '../journal/record.ts'
import type {Frozen} from '../plan/frozen.ts'
import type {EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {EnvironmentStatus, ReleaseStatus, ServiceStatus, UnfinishedStatus} from '../plan/status.ts'
import {hasTouched} from '../plan/unfinished.ts'
import {commitsSince} from '../tools/commit-count.ts'
import {readFrozenIn} from './freeze.ts'
import {gather} from './gather.ts'
import type {Gathered} from './gather-each.ts'
import {gatherLive} from './gather-live.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {placesOfSites} from './locks.ts'
import {frozenOf} from './tell-frozen.ts'
import {isHeldSince} from './held-since.ts'
import {pastOf} from './past-of.ts'
import {readHealth} from './read-health.ts'
import {readUnfinished} from './unfinished.ts'
import {besideRender} from './status-beside-git.ts'
import {releaseStatus} from './status-release.ts'
import type {World} from './world.ts'

/** Of many services their pods are not looked at. */
export type Closeness = 'with-pods' | 'from-afar'

/** What of a service runs where, since when and by whom. Reads only. */
export async function readStatus(
  environments: readonly string[],
  closeness: Closeness,
  world: World,
): Promise<ServiceStatus> {
  return statusOf(await gatherLive(environments, [], world), releaseStatus, closeness, world)
}

/** The same with what git says: every release is rendered, so it takes as long as a preview. */
export async function readPending(
  environments: readonly string[],
  closeness: Closeness,
  world: World,
): Promise<ServiceStatus> {
  const services = [world.service.name]
  const version = {kind: 'from-git'} as const
  const gathered = await gather(
    {kind: 'deploy', services, environments, version, selectors: [], message: undefined},
    world,
  )
  return statusOf(gathered, (release, records) => besideRender(release, records, world), closeness, world)
}

type DescribeRelease = (release: ReleaseFacts, records: readonly RunRecord[]) => ReleaseStatus

async function statusOf(
  gathered: Gathered,
  describe: DescribeRelease,
  closeness: Closeness,
  world: World,
): Promise<ServiceStatus> {
  try {
    const read = await Promise.all(
      gathered.facts.environments.map(facts =>
        environmentStatus(facts, gathered.sites.get(facts.name), describe, closeness, world),
      ),
    )
    const skipped = gathered.facts.skipped.map(({environment, reason}) => ({
      name: environment,
      problem: reason,
      releases: [],
    }))
    const records = read.flatMap(one => one.records)
    const [unfinished, locked] = await Promise.all([
      unfinishedRuns(records, gathered.sites, world),
      lockedHere(gathered.sites, world),
    ])
    return {
      service: `${world.service.group}/${world.service.name}`,
      environments: [...read.map(({status}) => status), ...skipped],
      ...(unfinished.length === 0 ? {} : {unfinished}),
      ...(locked.length === 0 ? {} : {locked}),
    }
  } finally {
    await gathered.close()
  }
}

async function lockedHere(sites: Gathered['sites'], {service}: World): Promise<Frozen[]> {
  const keptAt = async ({environment, namespace}: LockPlace) => sites.get(environment)?.kept.get(namespace)
  const found = await readFrozenIn(placesOfSites(sites, service.name), keptAt).catch(() => [])
  return [...new Map(found.map(frozenOf).map(one => [`${one.environment} ${one.covers}`, one])).values()]
}

// Looked at closely only where a record has no end. What cannot be read is no reason to tell nothing.
async function unfinishedRuns(
  records: readonly RunRecord[],
  sites: Gathered['sites'],
  world: World,
): Promise<UnfinishedStatus[]> {
  if (records.every(({endedAt}) => endedAt !== undefined)) return []
  const found = await readUnfinished(sites, world).catch(() => [])
  return found
    .filter(({run}) => run.state === 'paused' || run.state === 'working' || hasTouched(run))
    .map(({run: {runId, kind, state, by, from, startedAt, environments, unread}}) => ({
      runId,
      kind,
      state,
      by,
      from,
      startedAt,
      environments: [...environments.map(({name}) => name), ...unread],
    }))
}

async function environmentStatus(
  facts: EnvironmentFacts,
  site: EnvironmentSite | undefined,
  describe: DescribeRelease,
  closeness: Closeness,
  world: World,
): Promise<{status: EnvironmentStatus; records: readonly RunRecord[]}> {
  const records = (await site?.records) ?? []
  const healthOf = site && closeness === 'with-pods' ? readHealth(site, world) : async () => undefined
  const told = await Promise.all(
    facts.releases.map(async release => {
      const [described, health] = await Promise.all([
        withCommits(describe(release, records), world),
        healthOf(release),
      ])
      const status = await withoutHeld(described, release, records, world)
      return health === undefined ? status : {...status, health}
    }),
  )
  return {status: {name: facts.name, releases: told}, records}
}

/** How far git is ahead of what was deployed: the commits since then that touched the service or its chart. */
async function withCommits(release: ReleaseStatus, {tree, service}: World): Promise<ReleaseStatus> {
  const {commit, chart} = release
  if (commit === undefined || tree.commit === undefined) return release
  const chartName = chart?.replace(/-v?\d+\.\d+\.\d+.*$/, '') ?? service.name
  const paths = [`helmfile.d/${service.group}/${service.name}`, `charts/${chartName}`]
  const count = commit === tree.commit ? 0 : await commitsSince(tree.root, commit, paths)
  return count === undefined ? release : {...release, commitsAhead: count}
}

/** What git has taken in since is nothing beside it any more. */
async function withoutHeld(
  status: ReleaseStatus,
  release: ReleaseFacts,
  records: readonly RunRecord[],
  world: World,
): Promise<ReleaseStatus> {
  if (status.override === undefined) return status
  const {override: _held, overrideFrom: _from, ...others} = status
  return (await isHeldSince(pastOf(records, release), release.deployed, world)) ? others : status
}
