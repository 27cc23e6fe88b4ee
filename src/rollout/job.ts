import {type Condition, conditionsOf, freshCondition} from './conditions.ts'
import {combineFindings, verdictOf} from './combine.ts'
import {judgeCreationEvents} from './creation-events.ts'
import {isActive, judgePod} from './pod.ts'
import {nothingAwaited, progressOf} from './progress.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, timeOf} from './text.ts'
import type {ApiObject, Doom, Verdict, WorkloadRef} from './verdict.ts'

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup */
export function judgeJob(
  ref: WorkloadRef,
  job: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const {spec = {}, status = {}} = job
  const wanted: number = spec.completions ?? 1
  const {active = 0, succeeded = 0, failed = 0} = status
  const counts = {wanted, updated: active + succeeded, ready: succeeded}
  if (isOver(job, reading) || spec.suspend === true)
    return {kind: 'ready', progress: nothingAwaited(ref, counts), sinceMs: timeOf(status.completionTime)}
  // What a container exits with is the Job's to count; what can never start is doomed all the same.
  const findings = reading
    .podsOf(job)
    .filter(isActive)
    .map(pod => judgePod(pod, reading, settings, false))
  const note = failed > 0 ? `${failed} failed` : ''
  const progress = {...progressOf(ref, counts, findings, note)}
  progress.waitingFor = progress.waitingFor.replace(/ pods? ready/, ' done')
  const failure = judgeFailure(job, reading)
  if (failure !== undefined) return verdictOf(failure, progress, settings)
  const creation = active === 0 ? judgeCreationEvents(job, reading) : undefined
  return creation === undefined
    ? combineFindings(findings, 0, progress, settings)
    : verdictOf(creation, progress, settings)
}

/** Done; or failed before this rollout began and not made anew by it, which is old trouble. */
function isOver(job: ApiObject, reading: Reading): boolean {
  const ends = conditionsOf(job).filter(
    each => each.status === 'True' && /^(Complete|SuccessCriteriaMet|Failed)$/.test(each.type),
  )
  return ends.some(
    each => each.type !== 'Failed' || freshCondition(job, 'Failed', reading.baseline) === undefined,
  )
}

/** `FailureTarget` says so first (Kubernetes 1.31), `Failed` when all its pods have ended. */
function judgeFailure(job: ApiObject, reading: Reading): Doom | undefined {
  const {baseline} = reading
  const condition = freshCondition(job, 'FailureTarget', baseline) ?? freshCondition(job, 'Failed', baseline)
  const failed: number = job.status?.failed ?? 0
  const limit: number = job.spec?.backoffLimit ?? 6
  if (condition === undefined && failed <= limit) return undefined
  return {
    reason: 'job-failed',
    message: `the Job failed: ${howItFailed(condition, failed, limit)}`,
    pod: failedPodOf(job, reading),
    container: undefined,
    image: undefined,
    evidence: evidenceOf(condition?.reason, condition?.message),
    shownAtMs: timeOf(condition?.lastTransitionTime),
  }
}

function howItFailed(condition: Condition | undefined, failed: number, limit: number): string {
  if (condition === undefined || condition.reason === 'BackoffLimitExceeded')
    return `${failed} ${failed === 1 ? 'pod' : 'pods'} failed, and ${limit} may (backoffLimit)`
  return condition.message ?? condition.reason ?? 'no reason given'
}

function failedPodOf(job: ApiObject, reading: Reading): string | undefined {
  return reading.podsOf(job).findLast(pod => pod.status?.phase === 'Failed')?.metadata.name
}
