import {readRevision, type ReleaseRevision} from '../cluster/releases.ts'
import {imagesIn} from '../diff/images.ts'
import type {RecordedRelease} from '../journal/record.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {
  LiveRevision,
  PlannedRelease,
  RevisionBefore,
  UnfinishedEnvironment,
  UnfinishedRelease,
} from '../plan/unfinished.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {keyOf} from './open-stage.ts'
import type {Page} from './record.ts'
import {revisionFactsOf} from './revision-facts.ts'
import {latestRevisions} from './revisions.ts'
import type {World} from './world.ts'

/** What an unfinished run wanted of one environment, what was there before, and what stands there now. */
export async function readUnfinishedEnvironment(
  page: Page,
  site: EnvironmentSite,
  world: World,
): Promise<UnfinishedEnvironment> {
  const {record, environment: name} = page
  const home = page.place.namespace
  const refs = record.releases.map(one => ({namespace: one.namespace ?? home, name: one.name}))
  const latest = await latestRevisions(site, refs)
  const releases = await Promise.all(
    record.releases.map(async (recorded, index): Promise<UnfinishedRelease> => {
      const ref = refs[index] ?? {namespace: home, name: recorded.name}
      const newest = latest.get(keyOf(ref))
      const before = await readBefore(site, ref, recorded, world)
      const read = newest && (await readRevision(site.cluster, ref.namespace, ref.name, newest.revision))
      return {
        ...ref,
        stage: recorded.stage ?? name,
        timeoutMs: recorded.timeoutMs ?? 300_000,
        before: before.is,
        latestBefore: recorded.latestBefore ?? recorded.before ?? undefined,
        live: newest && {...newest, ...(await contentOf(recorded, read, before.read, world))},
        planned: await plannedOf(recorded, ref, site, world),
      }
    }),
  )
  return {
    name,
    environmentClass: record.stages?.[0]?.environmentClass ?? site.environmentClass,
    server: site.cluster.server,
    stages: record.stages ?? [{name, state: 'begun'}],
    releases,
    outside: record.outside,
  }
}

async function plannedOf(
  {chart, images, digests, override, imageOf, values, action}: RecordedRelease,
  {namespace, name}: ReleaseRef,
  {cluster}: EnvironmentSite,
  world: World,
): Promise<PlannedRelease> {
  const target =
    action?.kind === 'rollback' ? await readRevision(cluster, namespace, name, action.toRevision) : undefined
  return {
    chart: chart?.after,
    images,
    digests: digests ?? {},
    override: override ?? undefined,
    ...(imageOf === undefined ? {} : {imageOf}),
    values,
    target: target && (await revisionFactsOf(target, world)),
  }
}

async function readBefore(
  {cluster}: EnvironmentSite,
  {namespace, name}: ReleaseRef,
  {before: revision}: RecordedRelease,
  world: World,
): Promise<{is: RevisionBefore; read?: ReleaseRevision}> {
  if (revision === null) return {is: {kind: 'none'}}
  const read = await readRevision(cluster, namespace, name, revision)
  return read === undefined
    ? {is: {kind: 'lost', revision}}
    : {is: {kind: 'kept', facts: await revisionFactsOf(read, world)}, read}
}

async function contentOf(
  recorded: RecordedRelease,
  live: ReleaseRevision | undefined,
  before: ReleaseRevision | undefined,
  world: World,
): Promise<Pick<LiveRevision, 'content' | 'facts'>> {
  if (live === undefined) return {content: 'other', facts: undefined}
  const facts = await revisionFactsOf(live, world)
  if (before !== undefined && live.manifest === before.manifest) return {content: 'before', facts}
  const images = new Set(imagesIn(facts.objects))
  const isPlanned =
    recorded.images.every(image => images.has(image)) &&
    (recorded.chart === undefined || recorded.chart.after === `${facts.chart.name}-${facts.chart.version}`)
  return {content: isPlanned ? 'planned' : 'other', facts}
}
