import {DeployError} from '../errors.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {Stage} from '../plan/plan.ts'
import type {Apply} from '../tools/apply.ts'
import {startSteps} from './drive.ts'
import {followSteps} from './follow-steps.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {holdWindow} from './hold-window.ts'
import {
  fail,
  isStopped,
  keyOf,
  openStage,
  type OpenStage,
  type RunningStage,
  type StageManner,
} from './open-stage.ts'
import {changedByOthers, mayBegin, rolledOver, undoneByHand} from './others-at-work.ts'
import {repairPending} from './repair.ts'
import {type RolloutWatch, watchRollout} from './rollout-watch.ts'
import type {World} from './world.ts'

/** What one stage did: which releases it touched, in order, and how it ended. */
export type StageRun = {
  stage: Stage
  touched: readonly TouchedRelease[]
  end: {kind: 'healthy'} | {kind: 'failed'; failures: readonly Failure[]; failedAtMs: number}
  startedAtMs: number
}

export type TouchedRelease = {release: ReleaseRef; revision: number | undefined; isHealthy: boolean}

/**
 * Carry out one stage: let helmfile (or helm) change the releases, follow their rollout, and hold the result for the
 * stability window. Ends only when no helm of ours is running any more.
 */
export async function runStage(
  stage: Stage,
  site: EnvironmentSite,
  world: World,
  manner: StageManner,
): Promise<StageRun> {
  const open = openStage(stage, site, world, manner)
  world.emit({kind: 'stage-started', stage: stage.name, releases: stage.steps.map(step => step.release)})
  try {
    await carryOut(open)
  } catch (error) {
    // Something may have been changed, here or before: whatever happens is told as the end of this stage.
    fail(open, infrastructureFailure(error))
  }
  open.isOver = true
  return finish(open)
}

function infrastructureFailure(error: unknown): Failure {
  const {message} = error as Error
  const isForbidden = error instanceof DeployError && error.exitKind === 'forbidden'
  return {kind: 'infrastructure', message, ...(isForbidden ? {isForbidden} : {})}
}

async function carryOut(open: OpenStage): Promise<void> {
  const {stage, site, world, wake} = open
  const onAbort = () => wake.now()
  for (const signal of [world.signal, world.lost]) signal.addEventListener('abort', onAbort)
  let apply: Apply | undefined
  let watching: Promise<RolloutWatch> | undefined
  try {
    // helmfile gets ready while the cluster is asked for the last time.
    apply = await startSteps(stage, site, {
      mayBegin: release => mayBegin(open, release),
      onReport(report) {
        open.reports.push(report)
        wake.now()
      },
    })
    watching = watchRollout(site, stage, wake, world, open.manner)
    watching.catch(() => {})
    for (const failure of await changedByOthers(stage, site)) fail(open, failure)
    const run: RunningStage = Object.assign(open, {apply, watch: await watching})
    if (open.failures.length > 0 || isStopped(open)) return
    await open.manner.beforeTouching()
    if (isStopped(open)) return
    for (const failure of await repairPending(open)) fail(open, failure)
    if (isStopped(open)) return
    await apply.begin()
    await followSteps(run)
    if (open.failures.length === 0 || open.manner.onFailure === 'finish') await holdWindow(run)
    if (open.failures.length === 0) for (const failure of await takenByOthers(open)) fail(open, failure)
  } finally {
    for (const signal of [world.signal, world.lost]) signal.removeEventListener('abort', onAbort)
    await apply?.stop(open.helmGraceMs)
    await watching?.then(
      watch => watch.close(),
      () => {},
    )
    noteUnread(open)
  }
}

async function takenByOthers(open: OpenStage): Promise<Failure[]> {
  const [over, undone] = await Promise.all([rolledOver(open), undoneByHand(open)])
  return over.length > 0 ? over : undone
}

// What helm began and we had no time to look at was touched all the same.
function noteUnread({reports, steps}: OpenStage): void {
  for (const report of reports) {
    const state = steps.get(keyOf(report.release))
    if (report.kind === 'started' && state?.phase === 'waiting') state.phase = 'applying'
  }
}

function finish({stage, world, steps, failures, startedAtMs}: OpenStage): StageRun {
  const touched = [...steps.values()]
    .filter(state => state.phase !== 'waiting')
    .map(state => ({
      release: state.step.release,
      revision: state.revision,
      isHealthy: state.phase === 'ready',
    }))
  const nowMs = world.nowMs()
  if (failures.length > 0)
    return {stage, touched, startedAtMs, end: {kind: 'failed', failures, failedAtMs: nowMs}}
  world.emit({kind: 'stage-finished', stage: stage.name, durationMs: nowMs - startedAtMs})
  return {stage, touched, startedAtMs, end: {kind: 'healthy'}}
}
