import type {Failure} from '../plan/events.ts'
import type {WorkloadProgress} from '../rollout/verdict.ts'
import type {Phase, ReleaseDisplay} from './display-state.ts'
import {counted} from './layout.ts'
import {isAwaited, progressText} from './progress-text.ts'
import {clockText, durationText, spanText} from './time-text.ts'

/** The heading of a stage: where it stands, with the stability window counted down. */
export function phaseText(phase: Phase, nowMs: number): string {
  const {stage, status, direction} = phase
  switch (status.kind) {
    case 'rolling-out':
      return `${stage}: ${direction === 'forward' ? 'rolling out' : 'going back'}${countText(phase)}`
    case 'holding':
      return `${stage}: healthy, ${windowText(status.sinceMs + status.windowMs - nowMs, status.windowMs)}`
    case 'done':
      return direction === 'forward'
        ? `${stage}: healthy after ${durationText(status.durationMs)}`
        : `${stage}: back and verified healthy after ${durationText(status.durationMs)}`
    case 'failed':
      return direction === 'forward'
        ? `${stage}: ${stopText(status.failure)}`
        : `${stage}: not everything is back`
  }
}

/** How a stage ended that did not get to its end. */
export function stopText(failure: Failure | undefined): string {
  switch (failure?.kind) {
    case 'doomed':
    case 'timed-out':
      return 'did not become healthy'
    case 'interrupted':
      return 'interrupted'
    case 'others-failed':
      return 'goes back with others'
    case 'changed-by-others':
    case 'outdated':
    case 'lock-lost':
    case 'infrastructure':
      return 'stopped'
    case 'helm-failed':
    case 'helmfile-failed':
    case 'not-as-recorded':
    case undefined:
      return 'failed'
  }
}

/** One release: wanted, updated, ready, what is awaited, the time left. */
export function releaseLine(display: ReleaseDisplay, nowMs: number): string {
  const {release, status, workloads} = display
  switch (status.kind) {
    case 'waiting':
      return `${release.name}: waits for its turn`
    case 'applying':
      return `${release.name}: ${workloads.length === 0 ? 'helm is writing the objects' : `a hook of the chart runs: ${progressText(workloads, budgetText(display, nowMs))}`}`
    case 'rolling-out':
      return `${release.name}: ${workloads.length === 0 ? 'written' : progressText(workloads, budgetText(display, nowMs))}`
    case 'ready':
      return `${release.name}: ${readyText(workloads, status.durationMs)}`
    case 'failed':
      return `${release.name}: failed${workloads.length === 0 ? '' : `, ${progressText(workloads)}`}`
    case 'restoring':
      return `${release.name}: going back${workloads.length === 0 ? '' : `, ${progressText(workloads)}`}`
    case 'restored':
      return `${release.name}: ${status.toRevision === undefined ? 'removed again' : `back to revision ${status.toRevision}`}`
    case 'not-restored':
      return `${release.name}: NOT BACK: ${status.message}`
  }
}

/** What is awaited in a stage, for a reminder; the slowest release first. */
export function awaitedIn(phase: Phase, nowMs: number): string[] {
  if (phase.status.kind === 'holding') return [phaseText(phase, nowMs)]
  const open = phase.releases.filter(
    ({status}) => !['ready', 'restored', 'waiting', 'failed'].includes(status.kind),
  )
  return open.map(display => `${phase.stage} / ${releaseLine(display, nowMs)}`)
}

/** Later readings may take it back, in the stability window. */
function readyText(workloads: readonly WorkloadProgress[], durationMs: number): string {
  if (isAwaited(workloads)) return `was ready, but ${progressText(workloads)}`
  return `${workloads.length === 0 ? 'healthy' : progressText(workloads)} after ${durationText(durationMs)}`
}

function countText({releases}: Phase): string {
  const done = releases.filter(({status}) => status.kind === 'ready' || status.kind === 'restored').length
  return releases.length < 2 ? '' : `, ${done} of ${counted(releases.length, 'release')} healthy`
}

function windowText(leftMs: number, windowMs: number): string {
  return leftMs > 0
    ? `${clockText(leftMs)} left of ${spanText(windowMs)} to stay so`
    : `watched for ${spanText(windowMs)}`
}

function budgetText({deadlineMs}: ReleaseDisplay, nowMs: number): string {
  return deadlineMs === undefined ? '' : `, ${clockText(deadlineMs - nowMs)} left`
}
