import {conditionsOf, freshCondition} from './conditions.ts'
import {combineFindings, resolveCount, verdictOf} from './combine.ts'
import {createErrorOf} from './create-errors.ts'
import {objectDoom} from './object-verdict.ts'
import {newestReplicaSet} from './owners.ts'
import {isActive, judgePod, latestReadyMs, type PodFinding} from './pod.ts'
import {type Counts, nothingAwaited, progressOf} from './progress.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, timeOf} from './text.ts'
import type {ApiObject, Doom, Verdict, WorkloadRef} from './verdict.ts'

/**
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status, and stricter than helm
 * (helm#10845): ready only with every replica updated and available, and no old pod left.
 */
export function judgeDeployment(
  ref: WorkloadRef,
  deployment: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const {spec = {}, status = {}} = deployment
  const wanted: number = spec.replicas ?? 1
  if ((status.observedGeneration ?? 0) < (deployment.metadata.generation ?? 0)) {
    const note = 'Kubernetes has not looked at the change yet'
    return {kind: 'progressing', progress: progressOf(ref, {wanted, updated: 0, ready: 0}, [], note)}
  }
  const newest = newestReplicaSet(deployment, reading.replicaSetsOf(deployment))
  const pods = (newest === undefined ? [] : reading.podsOf(newest)).filter(isActive)
  const findings = pods.map(pod => judgePod(pod, reading, settings))
  const counts = countsOf(deployment, wanted, findings, reading)
  if (isReady(deployment, wanted))
    return {
      kind: 'ready',
      progress: nothingAwaited(ref, {...counts, ready: wanted}),
      sinceMs: latestReadyMs(pods),
    }
  const progress = progressOf(ref, counts, findings, noteOf(deployment, counts))
  const budget = budgetOf(deployment, wanted)
  const ofPods = combineFindings(findings, budget, progress, settings)
  if (ofPods.kind === 'doomed') return ofPods
  const doom = judgeCreation(deployment, newest, reading) ?? judgeDeadline(deployment, reading)
  return doom === undefined ? ofPods : verdictOf(doom, progress, settings)
}

function isReady({spec, status = {}}: ApiObject, wanted: number): boolean {
  const {replicas = 0, updatedReplicas = 0, availableReplicas = 0} = status
  // Paused on purpose: nothing will be rolled out until someone goes on, so its own pods are all there is to ask for.
  if (spec?.paused === true) return availableReplicas >= wanted && replicas === wanted
  return updatedReplicas === wanted && availableReplicas === wanted && replicas === wanted
}

function countsOf(
  deployment: ApiObject,
  wanted: number,
  findings: readonly PodFinding[],
  reading: Reading,
): Counts {
  const {updatedReplicas: updated = 0, availableReplicas: available = 0} = deployment.status ?? {}
  const seen = findings.filter(each => each.isReady).length
  return {wanted, updated, ready: reading.canRead('Pod') ? seen : Math.min(updated, available)}
}

function noteOf({spec = {}, status = {}}: ApiObject, {wanted, ready}: Counts): string {
  const old = (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  if (spec.paused === true) return 'the Deployment is paused'
  if (ready < wanted) return ''
  if (old > 0) return `${old} old ${old === 1 ? 'pod' : 'pods'} still to end`
  return spec.minReadySeconds > 0 ? `each has to stay ready for ${spec.minReadySeconds} s` : ''
}

/** How many pods the rollout may lack; Recreate lacks all of them for a while, so it gets the default share. */
function budgetOf({spec = {}}: ApiObject, wanted: number): number {
  return resolveCount(spec.strategy?.rollingUpdate?.maxUnavailable, wanted, 'down')
}

/** The newest ReplicaSet's own condition; the Deployment's, which mixes in the old ones, when that cannot be read. */
function judgeCreation(
  deployment: ApiObject,
  newest: ApiObject | undefined,
  reading: Reading,
): Doom | undefined {
  const holder = reading.canRead('ReplicaSet') ? newest : deployment
  const failure = holder && freshCondition(holder, 'ReplicaFailure', reading.baseline)
  if (failure === undefined || failure.reason === 'FailedDelete') return undefined
  const {reason, sentence} = createErrorOf(failure.message ?? '')
  return objectDoom(
    reason,
    `${sentence}: ${failure.message ?? ''}`,
    evidenceOf(failure.reason, failure.message),
    timeOf(failure.lastTransitionTime),
  )
}

/** Kubernetes' own verdict; left over from before until the new rollout has made its first step (peers.md §3, case 12). */
function judgeDeadline(deployment: ApiObject, reading: Reading): Doom | undefined {
  const condition = freshCondition(deployment, 'Progressing', reading.baseline, 'False')
  if (condition?.reason !== 'ProgressDeadlineExceeded') return undefined
  const seconds = deployment.spec?.progressDeadlineSeconds ?? 600
  const available = conditionsOf(deployment).find(each => each.type === 'Available')
  return objectDoom(
    'progress-deadline',
    `Kubernetes gave up on it after ${seconds} s without progress`,
    evidenceOf(condition.reason, condition.message, available?.message),
    timeOf(condition.lastUpdateTime ?? condition.lastTransitionTime),
  )
}
