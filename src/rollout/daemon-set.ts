import {combineFindings, resolveCount, verdictOf} from './combine.ts'
import {judgeCreationEvents} from './creation-events.ts'
import {isActive, judgePod, latestReadyMs} from './pod.ts'
import {nothingAwaited, progressOf} from './progress.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import type {ApiObject, Verdict, WorkloadRef} from './verdict.ts'

/** https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/ */
export function judgeDaemonSet(
  ref: WorkloadRef,
  set: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const {spec = {}, status = {}} = set
  const wanted: number = status.desiredNumberScheduled ?? 0
  if ((status.observedGeneration ?? 0) < (set.metadata.generation ?? 0)) {
    const note = 'Kubernetes has not looked at the change yet'
    return {kind: 'progressing', progress: progressOf(ref, {wanted, updated: 0, ready: 0}, [], note)}
  }
  const pods = reading.podsOf(set).filter(pod => isActive(pod) && isOfNewTemplate(pod, set, reading))
  const findings = pods.map(pod => judgePod(pod, reading, settings))
  const {updatedNumberScheduled: updated = 0, numberAvailable: available = 0, numberReady = 0} = status
  const counts = {wanted, updated, ready: Math.min(updated, numberReady)}
  const isUpdated = spec.updateStrategy?.type === 'OnDelete' || updated === wanted
  if (isUpdated && available === wanted)
    return {
      kind: 'ready',
      progress: nothingAwaited(ref, {...counts, ready: wanted}),
      sinceMs: latestReadyMs(pods),
    }
  const progress = progressOf(ref, counts, findings)
  const budget = resolveCount(spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted, 'up')
  const ofPods = combineFindings(findings, budget, progress, settings)
  if (ofPods.kind === 'doomed') return ofPods
  const creation = reading.podsOf(set).length < wanted ? judgeCreationEvents(set, reading) : undefined
  return creation === undefined ? ofPods : verdictOf(creation, progress, settings)
}

/**
 * A DaemonSet does not name its newest revision; the template's generation, deprecated and still kept up by the controller,
 * does. Without it: pods that were not there before the rollout.
 */
function isOfNewTemplate(pod: ApiObject, set: ApiObject, reading: Reading): boolean {
  const generation = set.metadata.annotations?.['deprecated.daemonset.template.generation']
  const ofPod = pod.metadata.labels?.['pod-template-generation']
  if (generation !== undefined && ofPod !== undefined) return generation === ofPod
  return !reading.baseline.podUids.has(pod.metadata.uid ?? '')
}
