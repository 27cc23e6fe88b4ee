import {type Condition, conditionsOf, freshCondition} from './conditions.ts'
import {combineFindings, verdictOf} from './combine.ts'
import {failedContainerOf} from './containers.ts'
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
  const ofPods = progressOf(ref, counts, findings, note)
  const progress = {...ofPods, waitingFor: ofPods.waitingFor.replace(/ pods? ready/, ' done')}
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
  return doomOfJob(howItFailed(condition, failed, limit), {
    words: [condition?.reason, condition?.message],
    shownAtMs: timeOf(condition?.lastTransitionTime),
    pod: failedPodOf(job, reading),
  })
}

/**
 * A Job that is removed when it has ended (`ttlSecondsAfterFinished`) and is not there any more: it has ended well, unless its
 * controller warned that it failed. Only to be asked once helm has written it.
 */
export function judgeRemovedJob(ref: WorkloadRef, reading: Reading, settings: RolloutSettings): Verdict {
  const warning = reading
    .warningsAbout(ref)
    .findLast(({reason}) => /^(BackoffLimitExceeded|DeadlineExceeded|PodFailurePolicy)$/.test(reason))
  const progress = nothingAwaited(ref, {wanted: 1, updated: 1, ready: 1})
  if (warning === undefined) return {kind: 'ready', progress}
  const {reason, message, lastAtMs: shownAtMs} = warning
  const doom = doomOfJob(message, {words: [reason, message], shownAtMs, pod: undefined})
  return verdictOf(doom, {...progress, ready: 0}, settings)
}

function doomOfJob(
  how: string,
  {
    words,
    shownAtMs,
    pod,
  }: {
    words: readonly (string | undefined)[]
    shownAtMs: number | undefined
    pod: ApiObject | undefined
  },
): Doom {
  const container = pod && failedContainerOf(pod)
  return {
    reason: 'job-failed',
    message: `the Job failed: ${how}`,
    pod: pod?.metadata.name,
    container: container?.name,
    image: container?.image,
    evidence: evidenceOf(...words),
    shownAtMs,
  }
}

function howItFailed(condition: Condition | undefined, failed: number, limit: number): string {
  if (condition === undefined || condition.reason === 'BackoffLimitExceeded')
    return `${failed} ${failed === 1 ? 'pod' : 'pods'} failed, and ${limit} may (backoffLimit)`
  return condition.message ?? condition.reason ?? 'no reason given'
}

/** The newest; one that is started again and again, and never counts as failed, has ended badly as well. */
function failedPodOf(job: ApiObject, reading: Reading): ApiObject | undefined {
  const made = ({metadata}: ApiObject) => metadata.creationTimestamp ?? ''
  return reading
    .podsOf(job)
    .filter(pod => pod.status?.phase === 'Failed' || failedContainerOf(pod) !== undefined)
    .toSorted((a, b) => (made(a) < made(b) ? -1 : made(a) > made(b) ? 1 : 0))
    .at(-1)
}
