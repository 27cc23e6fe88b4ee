import type {ApplyEnd, ApplyReport} from '../tools/apply.ts'
import {complaintOf} from '../tools/complaint.ts'
import {fail, isStopped, judgeStep, keyOf, type RunningStage, type StepState} from './open-stage.ts'
import {changedSince} from './outside-files.ts'
import {latestRevisions} from './revisions.ts'

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
  for (;;) {
    // Read before the reports: what helmfile said before it ended is taken first.
    const ended = end
    await takeReports(run)
    await judgeSteps(run)
    if (isStopped(run)) return
    if (ended !== undefined) {
      checkEnd(run, ended)
      if (isStopped(run)) return
      if ([...run.steps.values()].every(state => state.phase === 'ready' || state.phase === 'failed')) return
    }
    await run.wake.next(1000)
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
  if (report.exitCode !== 0) {
    // helm leaves its own failed revision; a newest one that is deployed was made by someone else.
    const isOurs = found?.status !== 'deployed' && found?.revision !== state.step.action.fromRevision
    const isRepaired = state.step.repair !== undefined && found?.revision === state.step.action.fromRevision
    state.phase = isOurs || isRepaired ? 'failed' : 'waiting'
    state.revision = isOurs ? found?.revision : undefined
    fail(run, {kind: 'helm-failed', release, message: complaint(report.stderr, run)})
    return
  }
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

async function judgeSteps(run: RunningStage): Promise<void> {
  for (const state of run.steps.values()) {
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
