import {
  openRuns,
  type RecordedFinisher,
  type RecordedStage,
  type RecordPlace,
  type RunRecord,
  type RunsWriter,
} from '../journal/record.ts'
import {bounded} from '../plan/bounded.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan, Stage} from '../plan/plan.ts'
import type {Execution} from './execute.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {keyOf} from './open-stage.ts'
import {keepDigests} from './record-digests.ts'
import {recordOf, type RunRequest} from './record-of-plan.ts'
import type {StageRun, TouchedRelease} from './stage.ts'
import type {World} from './world.ts'

/**
 * The record of one run, in every cluster of its plan. What is about to happen is written before it happens, so that
 * whoever finds an unfinished record knows what may have been touched; what has happened is written behind the work.
 */
export type Journal = {
  /** Before anything of this stage is touched. The first one writes to every cluster, so that none refuses later. */
  stageBegins(stage: Stage): Promise<void>
  stageEnded(run: StageRun): void
  /** Before anything of it goes back. */
  goesBack(stage: Stage): Promise<void>
  ended(execution: Execution, outcome: Outcome): Promise<void>
}

/** One cluster's part of the record; the site is there where the run is a new one. */
export type Page = {environment: string; record: RunRecord; place: RecordPlace; site?: EnvironmentSite}

type OpenPage = Page & {writer: RunsWriter}

/** @param plan of this run, or of one that finishes the run whose pages these are */
export function openJournal(
  read: readonly Page[],
  plan: Pick<Plan, 'kind' | 'finishes'>,
  world: World,
): Journal {
  const begun = new Date(world.nowMs()).toISOString()
  const pages = read.map(
    (page): OpenPage => ({
      ...page,
      record: withFinisher(page.record, plan, finisherOf(world, begun)),
      writer: openRuns(page.place),
    }),
  )
  let isStarted = false
  const write = async (page: OpenPage | undefined) => page?.writer.write(page.record)
  const begin = async (page: OpenPage) => {
    if (page.site !== undefined) page.record = await keepDigests(page.record, page.place, page.site)
    await write(page)
  }
  const set = (stage: Stage, state: RecordedStage['state']): OpenPage | undefined => {
    const page = pages.find(one => one.environment === stage.environment)
    if (page) page.record = withState(page.record, stage.name, state)
    return page
  }
  const tell = (page: OpenPage) => (error: unknown) =>
    world.emit({
      kind: 'noted',
      text: `The record of this run in ${page.environment} could not be written: ${String((error as Error).message)}`,
    })

  return {
    async stageBegins(stage) {
      const page = set(stage, 'begun')
      if (isStarted) await write(page)
      else await Promise.all(pages.map(begin))
      isStarted = true
    },
    stageEnded(run) {
      const page = set(run.stage, run.end.kind)
      if (page === undefined) return
      page.record = withRevisions(page.record, 'after', run.touched)
      // The next step waits for its own line, not for this one.
      write(page).catch(tell(page))
    },
    async goesBack(stage) {
      const page = set(stage, 'going-back')
      // Going back matters more than the account of it.
      if (page !== undefined) await write(page).catch(tell(page))
    },
    async ended(execution, outcome) {
      const at = new Date(world.nowMs()).toISOString()
      await Promise.all(
        pages.map(async page => {
          const ended = endedRecord(page, execution, outcome)
          page.record = hasEnded(execution, outcome) ? {...ended, endedAt: at} : ended
          if (plan.kind === 'abort') page.record = {...page.record, finishedBy: finisherOf(world, at)}
          // The deployment itself is done; a record that cannot be written is told, not fatal.
          await write(page).catch(tell(page))
        }),
      )
    },
  }
}

// A paused run waits to be gone on with, and one that was left as it failed to be undone.
function hasEnded({end}: Execution, {kind}: Outcome): boolean {
  return kind !== 'paused' && !(end.kind === 'failed' && end.back.isLeft === true)
}

/** What is about to be written of a new run. */
export function pagesOfPlan(
  plan: Plan,
  request: RunRequest,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): Page[] {
  const environments = [...new Set(plan.stages.map(stage => stage.environment))]
  return environments.flatMap(environment => {
    const site = sites.get(environment)
    if (site === undefined) return []
    const record = recordOf(plan, environment, request, world)
    const namespace = record.releases[0]?.namespace ?? site.cluster.namespace ?? 'default'
    const place = {cluster: site.cluster, namespace, service: plan.service.name}
    return [{environment, record, site, place}]
  })
}

function endedRecord({record, environment}: Page, execution: Execution, outcome: Outcome): RunRecord {
  const touched = execution.runs
    .filter(run => run.stage.environment === environment)
    .flatMap(run => run.touched)
  const isUndone = execution.end.kind === 'undone'
  const withAfter = {
    ...withRevisions(record, 'after', touched),
    outcome: isUndone && outcome.kind === 'deployed' ? ('interrupted' as const) : outcome.kind,
  }
  if (!('back' in execution.end)) return withAfter
  const {back} = execution.end
  const restored = back.restored.filter(one => one.environment === environment)
  const notBack = back.notBack.filter(one => one.environment === environment)
  const isBack = (name: string) =>
    withAfter.releases.every(
      one => one.stage !== name || !notBack.some(left => keyOf(left.release) === keyOfRecorded(one)),
    )
  const stages = withAfter.stages?.map(one =>
    one.state === 'going-back' && isBack(one.name) ? {...one, state: 'back' as const} : one,
  )
  return {
    ...withRevisions(withAfter, 'restored', restored),
    ...(stages === undefined ? {} : {stages}),
    ...(outcome.failure === undefined
      ? {}
      : {failure: {stage: failedStage(execution), failure: bounded(outcome.failure)}}),
  }
}

function failedStage({end}: Execution): string {
  return end.kind === 'failed' ? end.stage.name : ''
}

// Written before anything is touched: whoever comes after a second kill knows what may still be at work.
function withFinisher(
  record: RunRecord,
  {kind, finishes}: Pick<Plan, 'kind' | 'finishes'>,
  finisher: RecordedFinisher,
): RunRecord {
  if (finishes === undefined) return record
  if (kind === 'abort') return {...record, finishedBy: finisher}
  return {...record, resumedBy: [...(record.resumedBy ?? []), finisher].slice(-10)}
}

function finisherOf({actor, runId}: World, at: string): RecordedFinisher {
  return {runId, by: actor.user, from: actor.host, at}
}

function withState(record: RunRecord, name: string, state: RecordedStage['state']): RunRecord {
  const stages = record.stages?.map(stage => (stage.name === name ? {...stage, state} : stage))
  return stages === undefined ? record : {...record, stages}
}

function withRevisions(
  record: RunRecord,
  field: 'after' | 'restored',
  touched: readonly Pick<TouchedRelease, 'release' | 'revision'>[],
): RunRecord {
  const releases = record.releases.map(one => {
    const revision = touched.find(({release}) => keyOf(release) === keyOfRecorded(one))?.revision
    return revision === undefined ? one : {...one, [field]: revision}
  })
  return {...record, releases}
}

function keyOfRecorded({namespace, name}: {namespace?: string; name: string}): string {
  return keyOf({namespace: namespace ?? '', name})
}
