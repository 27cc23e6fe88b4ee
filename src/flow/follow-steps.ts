import type {ApplyEnd, ApplyReport} from '../tools/apply.ts'
import {complaintOf} from '../tools/complaint.ts'
import {
  fail,
  isStopped,
  judgeHooks,
  judgeStep,
  keyOf,
  type RunningStage,
  type StepState,
} from './open-stage.ts'
import {isRefusedForOthers} from './others-at-work.ts'
import {changedSince} from './outside-files.ts'
import {makePace} from './pace.ts'
import {type LatestRevision, latestRevisions} from './revisions.ts'

/** Follow helm and the rollouts until every release is ready, or the stage has to stop. */
export async function followSteps(run: RunningStage): Promise<void> {
  let end: ApplyEnd | undefined
  run.apply.done.then(
    result => {
      end = result
      run.wake.now()
    },
    () => {},
  )
  const pace = makePace()
  for (;;) {
    // Read before the reports: what helmfile said before it ended is taken first.
    const ended = end
    await takeReports(run)
    if (pace.restMs() === 0) await pace.look(() => judgeSteps(run))
    if (isStopped(run)) return
    if (ended !== undefined) {
      checkEnd(run, ended)
      if (isStopped(run)) return
      if ([...run.steps.values()].every(state => state.phase === 'ready' || state.phase === 'failed')) return
    }
    await run.wake.next(pace.restMs() || 1000)
  }
}

// A release that was left out has nothing to wait for.
function checkEnd(run: RunningStage, end: ApplyEnd): void {
  const left = [...run.steps.values()].filter(
    state => state.phase === 'waiting' || state.phase === 'applying',
  )
  for (const state of left) {
    state.phase = 'failed'
    const message =
      end.exitCode === 0
        ? `helmfile ended without changing ${state.step.release.name}.`
        : complaint(end.output, run)
    if (run.failures.length === 0 || run.manner.onFailure === 'finish')
      fail(run, {kind: 'helmfile-failed', message})
  }
  const hookFailed = end.exitCode !== 0 && run.failures.length === 0
  if (hookFailed) fail(run, {kind: 'helmfile-failed', message: complaint(end.output, run)})
}

async function takeReports(run: RunningStage): Promise<void> {
  for (let report = run.reports.shift(); report !== undefined; report = run.reports.shift()) {
    const state = run.steps.get(keyOf(report.release))
    if (state) await takeReport(run, state, report)
  }
}

async function takeReport(run: RunningStage, state: StepState, report: ApplyReport): Promise<void> {
  const {release} = state.step
  if (report.kind === 'started') {
    Object.assign(state, {phase: 'applying', startedAtMs: report.atMs})
    const isWritten = state.step.action.kind === 'verify'
    const more = isWritten ? {isWritten} : {}
    run.world.emit({kind: 'release-started', stage: run.stage.name, release, ...more})
    return
  }
  if (report.kind === 'outdated') {
    fail(run, {kind: 'outdated', release, files: await filesChanged(run)})
    return
  }
  // Read anew: a watch that lags behind must not take the old rollout for the new one.
  const [revisions] = await Promise.all([
    latestRevisions(run.site, [release]),
    run.watch.relist(release.namespace),
  ])
  const found = revisions.get(keyOf(release))
  if (report.exitCode !== 0) return takeRefusal(run, state, report.stderr, found)
  const {action} = state.step
  const isWritten = action.kind !== 'uninstall' && action.kind !== 'verify'
  if (isWritten && (found?.revision ?? 0) <= (action.fromRevision ?? 0)) {
    state.phase = 'failed'
    fail(run, {
      kind: 'infrastructure',
      message: `helm ended well, but ${release.name} did not change in ${run.site.cluster.server}: it worked on another cluster.`,
    })
    return
  }
  if (isWritten && found?.revision !== nextOf(state)) return takeOthers(run, state, found)
  state.revision = found?.revision
  Object.assign(state, {phase: 'rolling-out', appliedAtMs: run.world.nowMs()})
  if (action.kind === 'verify') return
  run.world.emit({
    kind: 'release-applied',
    stage: run.stage.name,
    release,
    durationMs: report.atMs - state.startedAtMs,
  })
}

// What helm leaves when it fails is a revision of its own, the next one; a newest one that is deployed was made by someone else.
async function takeRefusal(
  run: RunningStage,
  state: StepState,
  stderr: string,
  found: LatestRevision | undefined,
): Promise<void> {
  const {release, action} = state.step
  const isChanged = found?.revision !== action.fromRevision
  if ((isChanged && isRefusedForOthers(stderr)) || (found?.revision ?? 0) > nextOf(state))
    return takeOthers(run, state, found)
  const isOurs = isChanged && found?.status !== 'deployed'
  const isRepaired = state.step.repair !== undefined && !isChanged
  state.phase = isOurs || isRepaired ? 'failed' : 'waiting'
  state.revision = isOurs ? found?.revision : undefined
  // Of a hook that failed, Kubernetes and its pod say more than helm.
  if ((await judgeHooks(run, state)) === 'progressing')
    fail(run, {kind: 'helm-failed', release, message: complaint(stderr, run)})
}

// Theirs is the newest: whether ours is below it or was never written, nothing of this release is rolled over.
function takeOthers(run: RunningStage, state: StepState, found: LatestRevision | undefined): void {
  const {release, action} = state.step
  const isWritten = (found?.revision ?? 0) > nextOf(state)
  state.phase = isWritten || run.manner.onFailure === 'finish' ? 'failed' : 'waiting'
  state.revision = isWritten ? nextOf(state) : undefined
  const expectedRevision = isWritten ? nextOf(state) : action.fromRevision
  fail(run, {kind: 'changed-by-others', release, expectedRevision, foundRevision: found?.revision})
}

function nextOf({step}: StepState): number {
  return (step.action.fromRevision ?? 0) + 1
}

async function judgeSteps(run: RunningStage): Promise<void> {
  for (const state of run.steps.values()) {
    // What goes back has nothing to fall back on.
    if (state.phase === 'applying' && run.manner.onFailure === 'stop') await judgeHooks(run, state)
    if (state.phase === 'rolling-out' && (await judgeStep(run, state)) === 'ready')
      await becomeReady(run, state)
  }
}

async function becomeReady(run: RunningStage, state: StepState): Promise<void> {
  state.phase = 'ready'
  const durationMs = run.world.nowMs() - state.startedAtMs
  run.world.emit({kind: 'release-ready', stage: run.stage.name, release: state.step.release, durationMs})
  if (state.step.isHeld) await run.apply.decide(state.step.release, 'ready')
}

// By name only. None: it was a value that no file holds.
async function filesChanged({site, world}: RunningStage): Promise<string[]> {
  const {outside, siteKey} = site
  if (outside === undefined || siteKey === undefined) return []
  const changes = await changedSince(outside, siteKey, world.settings.substitutions)
  return changes.map(change => change.path)
}

// Hidden before it is cut: of half a value nobody could tell what it is.
function complaint(text: string, {world}: RunningStage): string {
  return complaintOf(world.secrecy.mask(text))
}
