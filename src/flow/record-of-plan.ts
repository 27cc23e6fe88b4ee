import {createHash} from 'node:crypto'
import type {RecordedAction, RecordedRelease, RecordedRequest, RunRecord} from '../journal/record.ts'
import {givenText, hideGiven} from '../plan/given.ts'
import {digestsOf} from '../plan/image-answers.ts'
import type {ImageChange, Plan, ReleaseStep, Stage} from '../plan/plan.ts'
import {keyOf} from './open-stage.ts'
import type {World} from './world.ts'

/** What was asked for, as far as the plan does not say it. */
export type RunRequest = RecordedRequest & {message: string | undefined}

/** One environment's part of a plan, as it is recorded before anything is touched. */
export function recordOf(plan: Plan, environment: string, request: RunRequest, world: World): RunRecord {
  const {message, version, selectors} = request
  const stages = plan.stages.filter(stage => stage.environment === environment)
  const given = hideGiven(world.given.map(givenText), world.secrecy.mask)
  const outside = plan.outside.find(one => one.environment === environment)?.files
  return {
    schema: 1,
    runId: world.runId,
    kind: plan.kind === 'deploy' || plan.kind === 'image-rollback' ? 'deploy' : 'rollback',
    startedAt: world.startedAt,
    by: world.actor.user,
    from: world.actor.host,
    ...(message === undefined ? {} : {message: world.secrecy.mask(message)}),
    ...(plan.tree.commit === undefined ? {} : {commit: plan.tree.commit}),
    tree: plan.tree.state.kind,
    planId: planIdOf(plan),
    environment,
    environments: [...new Set(plan.stages.map(stage => stage.environment))],
    request: {version, selectors, ...(given.length === 0 ? {} : {given})},
    stages: stages.map(({name, environmentClass}) => ({name, environmentClass, state: 'waiting'})),
    ...(outside === undefined ? {} : {outside}),
    releases: stages.flatMap(stage => stage.steps.map(step => releaseOf(stage, step))),
  }
}

function releaseOf(stage: Stage, step: ReleaseStep): RecordedRelease {
  const {before, after} = step.chart
  return {
    name: step.release.name,
    namespace: step.release.namespace,
    stage: stage.name,
    action: actionOf(step),
    before: goodBefore(stage, step),
    // What helm left of a first installation is gone before this one begins.
    latestBefore: step.repair?.kind === 'uninstall' ? null : (step.action.fromRevision ?? null),
    after: null,
    restored: null,
    chart: {
      before: before === undefined ? null : `${before.name}-${before.version}`,
      after: `${after.name}-${after.version}`,
    },
    timeoutMs: step.timeoutMs,
    override: step.override ?? null,
    ...(step.imageOf === undefined ? {} : {imageOf: step.imageOf}),
    ...(step.gitVersion === undefined ? {} : {gitVersion: step.gitVersion}),
    ...(step.given.length === 0 ? {} : {given: step.given}),
    images: [...new Set(step.images.flatMap(image => image.after ?? []))],
    ...digestsOf(step.images),
    ...(step.values === undefined ? {} : {values: step.values}),
  }
}

function actionOf({action}: ReleaseStep): RecordedAction {
  return 'toRevision' in action ? {kind: 'rollback', toRevision: action.toRevision} : {kind: action.kind}
}

// The revision that was good, which is not always the newest one: that may have failed.
function goodBefore({fallback}: Stage, step: ReleaseStep): number | null {
  const back = fallback.find(one => keyOf(one.release) === keyOf(step.release))
  return back?.kind === 'rollback' ? back.toRevision : null
}

// A registry that did not answer makes no other plan.
function withoutDigest({digest: _digest, ...image}: ImageChange): Omit<ImageChange, 'digest'> {
  return image
}

// What is to be done, whoever plans it and wherever the tree lies.
function planIdOf({kind, service, stages}: Plan): string {
  const steps = stages.map(({name, steps: some}) => [
    name,
    some.map(({release, action, chart, images}) => [release, action, chart, images.map(withoutDigest)]),
  ])
  return createHash('sha256')
    .update(JSON.stringify([kind, service, steps]))
    .digest('hex')
    .slice(0, 12)
}
