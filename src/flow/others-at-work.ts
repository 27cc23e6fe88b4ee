import type {Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {Stage} from '../plan/plan.ts'
import {isSameRelease, releaseKey} from '../plan/release-ref.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {fail, type OpenStage} from './open-stage.ts'
import {latestRevisions} from './revisions.ts'
import type {StageRun} from './stage.ts'
import type {ApiObject} from '../rollout/verdict.ts'

type ChangedByOthers = Extract<Failure, {kind: 'changed-by-others'}>

/** A release of a stage that ended healthy, and that someone else has changed since. */
export type Overtaken = {run: StageRun; failure: ChangedByOthers}

/** Of a stage that is about to begin: foreign changes are never rolled over. */
export async function changedByOthers(stage: Stage, site: EnvironmentSite): Promise<Failure[]> {
  const found = await latestRevisions(
    site,
    stage.steps.map(step => step.release),
  )
  return stage.steps.flatMap(({release, action}) =>
    differing(release, action.fromRevision, found.get(releaseKey(release))?.revision),
  )
}

/** What somebody has put back without helm (`kubectl rollout undo`): it runs, and is healthy, and is not what was deployed. */
export async function undoneByHand({stage, site, steps}: OpenStage): Promise<Failure[]> {
  const found = await Promise.all(
    stage.steps.map(async ({release, workloads, runs}): Promise<ChangedByOthers[]> => {
      const old = new Set(runs?.before.filter(image => !runs.after.includes(image)))
      const revision = steps.get(releaseKey(release))?.revision
      const undone = await Promise.all(
        workloads
          .filter(({kind}) => TEMPLATED.has(kind) && old.size > 0)
          .map(async ref => {
            const live = await site.cluster.get(ref).catch(() => undefined)
            return templateImages(live).some(image => old.has(image)) ? [ref] : []
          }),
      )
      return undone.flat().map(workload => ({
        kind: 'changed-by-others',
        release,
        expectedRevision: revision,
        foundRevision: revision,
        workload,
      }))
    }),
  )
  return found.flat()
}

const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

function templateImages(object: ApiObject | undefined): string[] {
  const {containers = [], initContainers = []} = object?.spec?.template?.spec ?? {}
  return [...containers, ...initContainers].map(({image}: {image: string}) => image)
}

/**
 * The last look before helm begins with a release: a stage may have looked minutes ago, while it waits for what this one needs.
 * @returns whether it may begin; else the stage has failed, and says why
 */
export async function mayBegin(open: OpenStage, release: ReleaseRef): Promise<boolean> {
  const state = open.steps.get(releaseKey(release))
  if (state === undefined) return false
  try {
    const found = (await latestRevisions(open.site, [release])).get(releaseKey(release))
    const [failure] = differing(release, state.step.action.fromRevision, found?.revision)
    if (failure === undefined) return true
    fail(open, failure)
  } catch (error) {
    fail(open, {kind: 'infrastructure', message: (error as Error).message})
  }
  // Going back, the others go on without it.
  if (open.manner.onFailure === 'finish') state.phase = 'failed'
  open.wake.now()
  return false
}

/** What was healthy in the window has to be what we deployed. */
export async function rolledOver({stage, site, steps}: OpenStage): Promise<Failure[]> {
  const found = await latestRevisions(
    site,
    stage.steps.map(step => step.release),
  )
  return [...steps.values()].flatMap(({step: {release, action}, revision}) =>
    action.kind === 'uninstall' ? [] : differing(release, revision, found.get(releaseKey(release))?.revision),
  )
}

/** What someone else has changed of stages that ended healthy. What cannot be read tells nothing: it was seen to be healthy. */
export async function overtaken(
  runs: readonly StageRun[],
  sites: ReadonlyMap<string, EnvironmentSite>,
): Promise<Overtaken[]> {
  const found = await Promise.all(
    runs.map(async run => {
      const site = sites.get(run.stage.environment)
      const ours = run.touched.filter(one => !isTakenAway(run.stage, one.release))
      if (site === undefined || ours.length === 0) return []
      const latest = await latestRevisions(
        site,
        ours.map(one => one.release),
      ).catch(() => undefined)
      if (latest === undefined) return []
      return ours
        .flatMap(({release, revision}) =>
          differing(release, revision, latest.get(releaseKey(release))?.revision),
        )
        .map(failure => ({run, failure}))
    }),
  )
  return found.flat()
}

function isTakenAway({steps}: Stage, release: ReleaseRef): boolean {
  return steps.some(step => step.action.kind === 'uninstall' && isSameRelease(step.release, release))
}

function differing(
  release: ReleaseRef,
  expectedRevision: number | undefined,
  foundRevision: number | undefined,
): ChangedByOthers[] {
  if (expectedRevision === foundRevision) return []
  return [{kind: 'changed-by-others', release, expectedRevision, foundRevision}]
}

/** helm's own words where it wrote nothing, because another helm writes, or has just written, the same revision. */
export function isRefusedForOthers(stderr: string): boolean {
  return (
    stderr.includes('another operation (install/upgrade/rollback) is in progress') ||
    /"sh\.helm\.release\.v1\.[^"]+" already exists/.test(stderr)
  )
}
