import type {ReleaseRef} from '../plan/facts.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import type {ReleaseEnd} from '../plan/outcome.ts'
import {outcomeOf, type RunEnd} from '../plan/end.ts'
import {digestsOf} from '../plan/image-answers.ts'
import type {FailureTimings, Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {underPolicy} from '../plan/policy.ts'
import {announceEnd, announceStart} from './announce.ts'
import {type Books, type Execution, execute} from './execute.ts'
import {holdingLocks} from './locks.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {openJournal} from './record.ts'
import type {RunRequest} from './record-of-plan.ts'
import type {World} from './world.ts'

export type RunMode =
  | {kind: 'preview'; isDetailed: boolean}
  /** `ask`: a person is at the terminal; `go`: `--yes`; `stop`: nobody to ask, and no `--yes`. */
  | {kind: 'carry-out'; consent: 'ask' | 'go' | 'stop'}

/** Show a plan, get consent, carry it out, tell how it ended. */
export async function runPlan(
  made: Plan,
  sites: ReadonlyMap<string, EnvironmentSite>,
  mode: RunMode,
  request: RunRequest,
  world: World,
): Promise<Outcome> {
  const plan = underPolicy(made, world.actor.identity, world.settings)
  world.emit({kind: 'plan-made', plan})
  const before = await endBeforeTouching(plan, mode, world)
  if (before !== undefined) return tell(before, undefined, plan, world)
  const holding = {message: request.message, takesOver: undefined}
  return holdingLocks(plan, holding, sites, world, async holdings => {
    const journal = openJournal(plan, request, sites, world)
    const announcing = announceStart(plan, request.message, sites, world)
    const {end, execution} = await carryOut(plan, sites, {...world, lost: holdings.lost}, {journal, holdings})
    await announcing
    const outcome = tell(end, execution, plan, world)
    await Promise.all([journal.ended(execution, outcome), announceEnd(plan, outcome, sites, world)])
    return outcome
  })
}

function tell(end: RunEnd, execution: Execution | undefined, plan: Plan, world: World): Outcome {
  return outcomeOf(end, plan, {
    runId: world.runId,
    durationMs: world.nowMs() - Date.parse(world.startedAt),
    releases: releaseEnds(plan, execution),
    timings: timingsOf(execution),
  })
}

async function endBeforeTouching(plan: Plan, mode: RunMode, world: World): Promise<RunEnd | undefined> {
  if (mode.kind === 'preview')
    return {kind: 'previewed', hasChanges: plan.stages.length > 0, isDetailed: mode.isDetailed}
  if (plan.stages.length === 0 && plan.refusals.length === 0) return {kind: 'deployed'}
  if (plan.refusals.length > 0) return {kind: 'refused'}
  if (mode.consent === 'stop') return {kind: 'declined', why: 'no-terminal'}
  if (
    mode.consent === 'ask' &&
    !(await world.confirm(plan.kind === 'rollback' ? 'Go back to this?' : 'Deploy this?'))
  )
    return {kind: 'declined', why: 'answer'}
  return world.signal.aborted ? {kind: 'declined', why: 'interrupt'} : undefined
}

async function carryOut(
  plan: Plan,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<{end: RunEnd; execution: Execution}> {
  // helmfile will ask for it; until then there is time.
  for (const site of sites.values()) site.helm.version().catch(() => {})
  const execution = await execute(plan, sites, world, books)
  switch (execution.end.kind) {
    case 'deployed':
      return {execution, end: {kind: 'deployed'}}
    case 'paused':
      return {execution, end: {kind: 'paused', before: execution.end.before.name}}
    case 'failed': {
      const {failure, back} = execution.end
      const isTouched = execution.runs.some(run => run.touched.length > 0)
      return {
        execution,
        end: {
          kind: 'failed',
          failure,
          isTouched,
          kept: keptOf(execution),
          notBack: back.notBack,
        },
      }
    }
  }
}

// Staging stays as it is when production fails.
function keptOf({runs, end}: Execution): string[] {
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
  const changed = plan.stages.flatMap(stage =>
    stage.steps.map((step): ReleaseEnd => {
      const images = [...new Set(step.images.flatMap(image => image.after ?? []))]
      return {
        environment: stage.environment,
        release: step.release,
        images,
        ...digestsOf(step.images),
        ...stateOf(stage.environment, step.release, execution),
      }
    }),
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

function stateOf(
  environment: string,
  release: ReleaseRef,
  execution: Execution | undefined,
): Pick<ReleaseEnd, 'state' | 'revision'> {
  const touched = execution?.runs
    .filter(run => run.stage.environment === environment)
    .flatMap(run => run.touched.filter(one => isSameRelease(one.release, release)))[0]
  if (execution === undefined || touched === undefined) return {state: 'not-reached', revision: undefined}
  if (execution.end.kind !== 'failed') return {state: 'deployed', revision: touched.revision}
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
