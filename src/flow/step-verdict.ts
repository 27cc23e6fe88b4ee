import type {Failure} from '../plan/events.ts'
import {likelyCause} from '../plan/likely-cause.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import type {Verdict} from '../rollout/verdict.ts'

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
  if (doomed) {
    const {workload} = doomed.progress
    const {doom} = doomed
    const cause = likelyCause(doom, workload, step)
    const guess = cause === undefined ? {} : {cause}
    return {
      kind: 'failed',
      failure: {kind: 'doomed', release, workload, doom, sawAtMs: nowMs, logs: [], ...guess},
    }
  }
  if (verdicts.every(verdict => verdict.kind === 'ready')) return {kind: 'ready'}
  if (nowMs < appliedAtMs + timeoutMs) return {kind: 'progressing'}
  const waitingFor = verdicts.filter(verdict => verdict.kind !== 'ready').map(verdict => verdict.progress)
  return {kind: 'failed', failure: {kind: 'timed-out', release, waitingFor, timeoutMs}}
}
