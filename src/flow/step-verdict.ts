import type {Failure} from '../plan/events.ts'
import {likelyCause} from '../plan/likely-cause.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import {shortDuration} from '../rollout/text.ts'
import type {Doom, Verdict} from '../rollout/verdict.ts'

export type StepVerdict = {kind: 'progressing'} | {kind: 'ready'} | {kind: 'failed'; failure: Failure}

/** What the verdicts of a release's workloads mean for the release: one that is doomed dooms it, time ends patience. */
export function verdictOf(
  step: ReleaseStep,
  verdicts: readonly Verdict[],
  appliedAtMs: number,
  nowMs: number,
): StepVerdict {
  const {release, timeoutMs} = step
  const doomed = verdicts.find(verdict => verdict.kind === 'doomed')
  if (doomed) return failedBy(doomed.doom, doomed, step, nowMs)
  if (verdicts.every(verdict => verdict.kind === 'ready')) return {kind: 'ready'}
  const deadlineMs = appliedAtMs + timeoutMs
  if (nowMs < deadlineMs) return {kind: 'progressing'}
  const suspicious = verdicts.find(verdict => verdict.kind === 'suspicious')
  if (suspicious) return failedBy(atDeadline(suspicious.doom, timeoutMs, deadlineMs), suspicious, step, nowMs)
  const waitingFor = verdicts.filter(verdict => verdict.kind !== 'ready').map(verdict => verdict.progress)
  return {kind: 'failed', failure: {kind: 'timed-out', release, waitingFor, timeoutMs}}
}

function failedBy(doom: Doom, {progress}: Verdict, step: ReleaseStep, sawAtMs: number): StepVerdict {
  const {workload} = progress
  const cause = likelyCause(doom, workload, step)
  const guess = cause === undefined ? {} : {cause}
  const failure = {
    kind: 'doomed' as const,
    release: step.release,
    workload,
    doom,
    sawAtMs,
    logs: [],
    ...guess,
  }
  return {kind: 'failed', failure}
}

/** What was only suspicious is what took the time: it has evidence, and a container to ask. */
function atDeadline(doom: Doom, timeoutMs: number, deadlineMs: number): Doom {
  const message = `${doom.message}, and the ${shortDuration(timeoutMs)} that this release has are over`
  return {...doom, message, shownAtMs: deadlineMs}
}
