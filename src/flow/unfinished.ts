import {readLock} from '../journal/lock.ts'
import {isHeldFor} from '../journal/lock-holder.ts'
import {readRecords, type RunRecord} from '../journal/record.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {hasEnded} from '../tools/this-process.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {Page} from './record.ts'
import {readUnfinishedEnvironment} from './unfinished-environment.ts'
import type {World} from './world.ts'

export type FoundUnfinished = {run: UnfinishedRun; pages: readonly Page[]}

/**
 * The runs of a service that have no end, as far as these clusters remember them, newest first, with what stands where.
 * @throws DeployError when a cluster cannot be read: nothing is decided on half of what is known
 */
export async function readUnfinished(
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): Promise<FoundUnfinished[]> {
  const pages = (await Promise.all([...sites.values()].map(site => readPages(site, world)))).flat()
  const byRun = [...Map.groupBy(pages, page => page.record.runId).values()]
  // One cluster may have gone away before the end was written there; another knows it.
  const unfinished = byRun.filter(some => some.every(({record}) => record.endedAt === undefined))
  const found = await Promise.all(unfinished.map(some => describe(some, sites, world)))
  return found.toSorted((a, b) => (a.run.startedAt < b.run.startedAt ? 1 : -1))
}

async function readPages(site: EnvironmentSite, world: World): Promise<Page[]> {
  const read = await Promise.all(
    site.namespaces.map(async namespace => {
      const place = {cluster: site.cluster, namespace, service: world.service.name}
      const records = withoutSuperseded(await readRecords(place))
      return (
        records
          // Two environments may share a namespace of one cluster.
          .filter(record => record.environment === undefined || record.environment === site.environment)
          .map(record => ({environment: site.environment, record, place}))
      )
    }),
  )
  return read.flat()
}

// Where a newer run has ended, what stands is that one's.
function withoutSuperseded(records: readonly RunRecord[]): RunRecord[] {
  const newestEnd = records.findIndex(record => record.endedAt !== undefined)
  return records.filter((record, index) => record.endedAt !== undefined || newestEnd < 0 || index < newestEnd)
}

async function describe(
  pages: readonly Page[],
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): Promise<FoundUnfinished> {
  const [first] = pages
  if (first === undefined) throw new Error('a run is recorded at least once')
  const {runId, kind, by, from, startedAt, message, commit, tree, request} = first.record
  const order = first.record.environments ?? pages.map(page => page.environment)
  const read = await Promise.all(
    pages.map(async page => {
      const site = sites.get(page.environment)
      if (site === undefined) throw new Error(`no site was opened for ${page.environment}`)
      const [environment, held] = await Promise.all([
        readUnfinishedEnvironment(page, site, world),
        heldBy(page),
      ])
      return {environment, held}
    }),
  )
  return {
    pages,
    run: {
      runId,
      workers: [...new Set([runId, ...pages.flatMap(({record}) => finishersOf(record))])],
      kind,
      by,
      from,
      startedAt,
      message,
      commit,
      request: {version: {kind: 'from-git'}, selectors: [], given: [], ...request},
      isFromCommit: tree === undefined || tree === 'clean' || tree === 'off-upstream',
      state: stateOf(
        pages,
        read.map(one => one.held),
      ),
      environments: order.flatMap(name =>
        read.flatMap(one => (one.environment.name === name ? [one.environment] : [])),
      ),
      unread: order.filter(name => !sites.has(name)),
      unrecorded: order.filter(name => sites.has(name) && pages.every(page => page.environment !== name)),
    },
  }
}

function finishersOf({resumedBy = [], finishedBy}: RunRecord): string[] {
  return [...resumedBy, ...(finishedBy === undefined ? [] : [finishedBy])].map(one => one.runId)
}

/** What the lock in a page's place says of the run: of its own process, or of the last one that finished it. */
async function heldBy({environment, place, record}: Page): Promise<'working' | 'dead' | 'other'> {
  const lock = await readLock({...place, environment}, hasEnded)
  if (lock.kind === 'free' || lock.holder.state !== 'working') return 'other'
  if (!isHeldFor(lock.holder, record.runId)) return 'other'
  return lock.kind === 'dead' ? 'dead' : 'working'
}

/** @param held what the lock of each page says. One that paused, and was then killed while somebody went on with it, is dead. */
export function stateOf(
  pages: readonly {record: Pick<RunRecord, 'outcome'>}[],
  held: readonly string[],
): UnfinishedRun['state'] {
  if (held.includes('working')) return 'working'
  if (held.includes('dead')) return 'dead'
  const outcomes = pages.flatMap(({record}) => record.outcome ?? [])
  if (outcomes.includes('paused')) return 'paused'
  return outcomes.length > 0 ? 'left' : 'dead'
}
