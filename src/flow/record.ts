import {type RecordedRelease, type RunRecord, writeRecord} from '../journal/record.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan, ReleaseStep} from '../plan/plan.ts'
import type {Execution} from './execute.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {TouchedRelease} from './stage.ts'
import type {World} from './world.ts'

type Sites = ReadonlyMap<string, EnvironmentSite>

/** Before anything is touched: what is about to happen, and what it was before, in every cluster of the plan. */
export async function recordStart(
  plan: Plan,
  message: string | undefined,
  sites: Sites,
  world: World,
): Promise<void> {
  await eachEnvironment(plan, sites, async (site, steps) => {
    await writeRecord(placeOf(site, steps, plan), recordOf(plan, steps, message, world))
  })
}

/** Afterwards: how it ended, and helm's revisions. */
export async function recordEnd(
  plan: Plan,
  message: string | undefined,
  execution: Execution,
  outcome: Outcome,
  sites: Sites,
  world: World,
): Promise<void> {
  await eachEnvironment(plan, sites, async (site, steps) => {
    const touched = execution.runs
      .filter(run => run.stage.environment === site.environment)
      .flatMap(run => run.touched)
    const record = recordOf(plan, steps, message, world)
    const restored =
      execution.end.kind === 'failed'
        ? execution.end.back.restored.filter(one => one.environment === site.environment)
        : []
    const revisionIn = (some: readonly TouchedRelease[], name: string) =>
      some.find(({release}) => release.name === name)?.revision ?? null
    const releases = record.releases.map(one => ({
      ...one,
      after: revisionIn(touched, one.name),
      restored: revisionIn(restored, one.name),
    }))
    const ended = {...record, releases, endedAt: new Date(world.nowMs()).toISOString(), outcome: outcome.kind}
    // The deployment itself is done; a record that cannot be written is told, not fatal.
    await writeRecord(placeOf(site, steps, plan), ended).catch((error: unknown) => {
      world.emit({
        kind: 'noted',
        text: `The record of this run in ${site.environment} could not be written: ${String((error as Error).message)}`,
      })
    })
  })
}

async function eachEnvironment(
  plan: Plan,
  sites: Sites,
  act: (site: EnvironmentSite, steps: readonly ReleaseStep[]) => Promise<void>,
): Promise<void> {
  const byEnvironment = Map.groupBy(plan.stages, stage => stage.environment)
  await Promise.all(
    [...byEnvironment].map(async ([environment, stages]) => {
      const site = sites.get(environment)
      if (site)
        await act(
          site,
          stages.flatMap(stage => stage.steps),
        )
    }),
  )
}

function placeOf(site: EnvironmentSite, steps: readonly ReleaseStep[], plan: Plan) {
  const namespace = steps[0]?.release.namespace ?? site.cluster.namespace ?? 'default'
  return {cluster: site.cluster, namespace, service: plan.service.name}
}

function recordOf(
  plan: Plan,
  steps: readonly ReleaseStep[],
  message: string | undefined,
  world: World,
): RunRecord {
  return {
    schema: 1,
    runId: world.runId,
    kind: plan.kind,
    startedAt: world.startedAt,
    by: world.actor.user,
    from: world.actor.host,
    ...(message === undefined ? {} : {message: world.secrecy.mask(message)}),
    ...(plan.tree.commit === undefined ? {} : {commit: plan.tree.commit}),
    releases: steps.map(
      (step): RecordedRelease => ({
        name: step.release.name,
        before: goodBefore(plan, step),
        after: null,
        restored: null,
        override: step.override ?? null,
        ...(step.given.length === 0 ? {} : {given: step.given}),
        images: [...new Set(step.images.flatMap(image => image.after ?? []))],
      }),
    ),
  }
}

// The revision that was good, which is not always the newest one: that may have failed.
function goodBefore(plan: Plan, step: ReleaseStep): number | null {
  const stage = plan.stages.find(one => one.steps.includes(step))
  const back = stage?.fallback.find(one => one.release === step.release)
  return back?.kind === 'rollback' ? back.toRevision : null
}
