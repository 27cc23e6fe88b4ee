import {combineFindings} from './combine.ts'
import {type Container, endOf, failedContainerOf} from './containers.ts'
import {isPodReady, judgePod, latestReadyMs} from './pod.ts'
import {nothingAwaited, progressOf} from './progress.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf} from './text.ts'
import type {ApiObject, Verdict, WorkloadRef} from './verdict.ts'

/** A pod nobody replaces: ready, or done if it is one that ends (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/). */
export function judgeBarePod(
  ref: WorkloadRef,
  pod: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const phase: string = pod.status?.phase ?? 'Pending'
  const counts = {wanted: 1, updated: 1, ready: isPodReady(pod) ? 1 : 0}
  // One that is to end well some time, and is started until it does, may fail on the way, as a Job's may.
  const isTriedAgain = pod.spec?.restartPolicy === 'OnFailure'
  const finding = judgePod(pod, reading, settings, !isTriedAgain)
  const progress = progressOf(ref, counts, [finding])
  const isOld = reading.baseline.podUids.has(pod.metadata.uid ?? '')
  if (phase === 'Failed' && !isOld) {
    const container = failedContainerOf(pod)
    const doom = {
      reason: 'pod-failed' as const,
      message: `the pod failed${pod.status?.reason ? `: ${pod.status.reason}` : ''}`,
      pod: pod.metadata.name,
      container: container?.name,
      image: container?.image,
      evidence: evidenceOf(pod.status?.reason, pod.status?.message, endText(container)),
      shownAtMs: undefined,
    }
    return {kind: 'doomed', progress, doom: finding.kind === 'doomed' ? finding.doom : doom}
  }
  const isDone = phase === 'Succeeded' || phase === 'Failed'
  if ((isDone || isPodReady(pod)) && finding.kind === 'fine')
    return {
      kind: 'ready',
      progress: nothingAwaited(ref, {...counts, ready: 1}),
      sinceMs: latestReadyMs([pod]),
    }
  return combineFindings([finding], 0, progress, settings)
}

function endText(container: Container | undefined): string {
  const end = container && endOf(container.status)
  return end === undefined ? '' : evidenceOf(end.reason, `exit code ${end.exitCode}`, end.message)
}
