import {outcomeOf, type RunEnd} from '../plan/end.ts'
import {digestsOf} from '../plan/image-answers.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import type {FailureTimings, Outcome, ReleaseEnd} from '../plan/outcome.ts'
import type {Plan, ReleaseStep, Stage} from '../plan/plan.ts'
import type {Execution} from './execute.ts'
import type {World} from './world.ts'

/** How a run ended, as the document that `--json` prints. */
export function tell(end: RunEnd, execution: Execution | undefined, plan: Plan, world: World): Outcome {
  return outcomeOf(end, plan, {
    runId: world.runId,
    durationMs: world.nowMs() - Date.parse(world.startedAt),
    releases: releaseEnds(plan, execution),
    timings: timingsOf(execution),
  })
}

/** Environments that keep the new version: staging stays as it is when production fails. */
export function keptOf({runs, end}: Execution): string[] {
  if (end.kind !== 'failed') return []
  const kept = runs.filter(
    run =>
      run.end.kind === 'healthy' &&
      run.touched.length > 0 &&
      run.stage.environmentClass !== end.stage.environmentClass,
  )
  return [...new Set(kept.map(run => run.stage.environment))]
}

function releaseEnds(plan: Plan, execution: Execution | undefined): ReleaseEnd[] {
  const changed = [...(plan.done ?? []), ...plan.stages].flatMap(stage =>
    stage.steps.map(step => changedEnd(plan, stage, step, execution)),
  )
  const unchanged = plan.unchanged.flatMap(({environment, releases}) =>
    releases.map(
      ({namespace, name, revision, images}): ReleaseEnd => ({
        environment,
        release: {namespace, name},
        state: 'unchanged',
        revision,
        images,
      }),
    ),
  )
  return [...changed, ...unchanged]
}

function changedEnd(
  plan: Plan,
  stage: Stage,
  step: ReleaseStep,
  execution: Execution | undefined,
): ReleaseEnd {
  const {environment, fallback} = stage
  const {release, action} = step
  const {state, revision} = stateOf(environment, release, execution)
  const about = {environment, release, revision}
  const toRevision = 'toRevision' in action ? action.toRevision : undefined
  if (state === 'deployed' && plan.kind === 'rollback' && toRevision !== undefined)
    return {...about, state: 'restored', toRevision, images: imagesAfter(step)}
  if (state === 'deployed' || state === 'not-restored')
    return {...about, state, images: imagesAfter(step), ...digestsOf(step.images)}
  if (state === 'removed') return {...about, state, images: []}
  // Of undoing, what it goes back to comes after; of a failure, what it went back to was before.
  const isUndone = plan.kind === 'abort' && state === 'restored'
  const back = fallback.find(one => isSameRelease(one.release, release))
  const backTo =
    plan.kind === 'abort' ? toRevision : back && 'toRevision' in back ? back.toRevision : undefined
  return {
    ...about,
    state,
    ...(state === 'restored' && backTo !== undefined ? {toRevision: backTo} : {}),
    images: isUndone ? imagesAfter(step) : (step.runs?.before ?? []),
  }
}

function imagesAfter({runs, images}: ReleaseStep): readonly string[] {
  return runs?.after ?? [...new Set(images.flatMap(({after}) => after ?? []))]
}

function stateOf(
  environment: string,
  release: ReleaseRef,
  execution: Execution | undefined,
): Pick<ReleaseEnd, 'state' | 'revision'> {
  const touched = execution?.runs
    .filter(run => run.stage.environment === environment)
    .flatMap(run => run.touched.filter(one => isSameRelease(one.release, release)))[0]
  if (execution === undefined || touched === undefined) return {state: 'not-reached', revision: undefined}
  if (!('back' in execution.end)) return {state: 'deployed', revision: touched.revision}
  const {back} = execution.end
  const isHere = (one: {environment: string; release: ReleaseRef}) =>
    one.environment === environment && isSameRelease(one.release, release)
  if (back.notBack.some(isHere)) return {state: 'not-restored', revision: touched.revision}
  const restored = back.restored.find(isHere)
  if (restored)
    return {state: restored.revision === undefined ? 'removed' : 'restored', revision: restored.revision}
  return {state: 'deployed', revision: touched.revision}
}

function timingsOf(execution: Execution | undefined): FailureTimings | undefined {
  if (execution?.end.kind !== 'failed') return undefined
  const {failure, failedAtMs, back} = execution.end
  const shownAtMs = failure.kind === 'doomed' ? (failure.doom.shownAtMs ?? failure.sawAtMs) : failedAtMs
  return {
    // Kubernetes' own times have whole seconds: less than nothing means at once.
    verdictMs: Math.max(0, failedAtMs - shownAtMs),
    backMs: Math.max(0, back.verifiedAtMs - failedAtMs),
  }
}
