import {combineFindings, verdictOf} from './combine.ts'
import {judgeCreationEvents} from './creation-events.ts'
import {isActive, isPodReady, judgePod, latestReadyMs, type PodFinding} from './pod.ts'
import {nothingAwaited, progressOf} from './progress.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import type {ApiObject, Doom, Verdict, WorkloadProgress, WorkloadRef} from './verdict.ts'

/** https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies */
export function judgeStatefulSet(
  ref: WorkloadRef,
  set: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const wanted: number = set.spec?.replicas ?? 1
  if ((set.status?.observedGeneration ?? 0) < (set.metadata.generation ?? 0)) {
    const note = 'Kubernetes has not looked at the change yet'
    return {kind: 'progressing', progress: progressOf(ref, {wanted, updated: 0, ready: 0}, [], note)}
  }
  const pods = reading.podsOf(set).filter(isActive)
  const findings = pods.filter(pod => isCounted(pod, set)).map(pod => judgePod(pod, reading, settings))
  const ready = reading.canRead('Pod') ? pods.filter(isPodReady).length : (set.status?.readyReplicas ?? 0)
  const counts = {wanted, updated: set.status?.updatedReplicas ?? 0, ready}
  if (isReady(set, wanted))
    return {
      kind: 'ready',
      progress: nothingAwaited(ref, {...counts, ready: wanted}),
      sinceMs: latestReadyMs(pods),
    }
  const progress = progressOf(ref, counts, findings)
  // Pods are replaced one by one: a bad one stops the rollout for good, so there is no budget.
  const ofPods = combineFindings(findings, 0, progress, settings)
  if (ofPods.kind !== 'progressing') return ofPods
  return judgeStandstill(set, pods, findings, progress, reading, settings) ?? ofPods
}

/**
 * `partition` keeps the first pods as they were; OnDelete rolls nothing out by itself. When all is done the controller makes
 * the update revision the current one.
 */
function isReady({spec = {}, status = {}}: ApiObject, wanted: number): boolean {
  const {replicas = 0, readyReplicas = 0, updatedReplicas = 0} = status
  const available = status.availableReplicas ?? readyReplicas
  const isThere = replicas === wanted && readyReplicas === wanted && available === wanted
  if (spec.updateStrategy?.type === 'OnDelete') return isThere
  const partition: number = spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const isUpdated = updatedReplicas >= Math.max(0, wanted - partition)
  return (
    isThere &&
    isUpdated &&
    (partition > 0 || wanted === 0 || status.currentRevision === status.updateRevision)
  )
}

/** Pods of another revision are replaced or, below the partition and with OnDelete, left alone. */
function isCounted(pod: ApiObject, {status = {}}: ApiObject): boolean {
  return pod.metadata.labels?.['controller-revision-hash'] === status.updateRevision
}

function judgeStandstill(
  set: ApiObject,
  pods: readonly ApiObject[],
  findings: readonly PodFinding[],
  progress: WorkloadProgress,
  reading: Reading,
  settings: RolloutSettings,
): Verdict | undefined {
  const wanted: number = set.spec?.replicas ?? 1
  const creation = pods.length < wanted ? judgeCreationEvents(set, reading) : undefined
  const doom = creation ?? judgeBlocked(set, pods, findings, reading, settings)
  return doom && verdictOf(doom, progress, settings)
}

/**
 * A broken pod of an older revision is never replaced by itself: the controller waits for it to become ready first, even
 * when the template was put right again (kubernetes#67250).
 */
function judgeBlocked(
  set: ApiObject,
  pods: readonly ApiObject[],
  findings: readonly PodFinding[],
  reading: Reading,
  settings: RolloutSettings,
): Doom | undefined {
  const {namespace} = set.metadata
  const isOneByOne =
    set.spec?.podManagementPolicy !== 'Parallel' && set.spec?.updateStrategy?.type !== 'OnDelete'
  if (!isOneByOne || findings.some(each => !each.isReady)) return undefined
  const anew = {...reading, baseline: {...reading.baseline, restartCounts: new Map<string, number>()}}
  const broken = pods
    .filter(pod => !isCounted(pod, set) && !isPodReady(pod))
    .map(pod => judgePod(pod, anew, settings))
    .find(each => each.kind === 'doomed')
  if (broken?.kind !== 'doomed') return undefined
  const {name} = broken.pod.metadata
  return {
    ...broken.doom,
    reason: 'blocked-by-old-pod',
    message: `pod ${name} of an older revision is broken, and Kubernetes waits for it before it makes the new one; kubectl delete pod -n ${namespace} ${name} lets it go on`,
  }
}
