import {isActive, isPodReady} from './pod.ts'
import type {ApiObject, Snapshot, WorkloadRef} from './verdict.ts'

export type PodRef = {namespace: string; name: string; uid: string}

/**
 * Pods that keep a StatefulSet from becoming what it says now: they are of another revision and not ready, and its controller,
 * which replaces pods one after the other, waits for them (kubernetes#67250). Without them it goes on. Empty as long as it has
 * not looked at its newest change: it would make the same pod again.
 */
export function blockingPods(workloads: readonly WorkloadRef[], snapshot: Snapshot): PodRef[] {
  const sets = snapshot.workloads.filter(({kind, metadata}) =>
    workloads.some(
      one =>
        kind === 'StatefulSet' &&
        one.kind === kind &&
        one.name === metadata.name &&
        one.namespace === metadata.namespace,
    ),
  )
  return sets.filter(isOneByOne).flatMap(set =>
    snapshot.pods
      .filter(pod => pod.metadata.ownerReferences?.some(({uid}) => uid === set.metadata.uid))
      .filter(pod => isActive(pod) && !isPodReady(pod) && isOfAnotherRevision(pod, set))
      .map(({metadata}) => ({
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid ?? '',
      })),
  )
}

function isOneByOne({spec = {}, status = {}, metadata}: ApiObject): boolean {
  const {type = 'RollingUpdate', rollingUpdate} = spec.updateStrategy ?? {}
  return (
    spec.podManagementPolicy !== 'Parallel' &&
    type === 'RollingUpdate' &&
    (rollingUpdate?.partition ?? 0) === 0 &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  )
}

function isOfAnotherRevision(pod: ApiObject, {status = {}}: ApiObject): boolean {
  return pod.metadata.labels?.['controller-revision-hash'] !== status.updateRevision
}
