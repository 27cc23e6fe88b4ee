import {timeOf} from './text.ts'
import type {ApiObject, Snapshot} from './verdict.ts'

/**
 * How long ago the last of these pods became ready, in ms; 0 when one is not.
 * Pods that were ready longer than the stability window need not be watched for another one.
 */
export function readyForMs(snapshot: Snapshot, isOurs: (pod: ApiObject) => boolean): number {
  const pods = snapshot.pods.filter(pod => pod.metadata.deletionTimestamp === undefined && isOurs(pod))
  return Math.min(Number.POSITIVE_INFINITY, ...pods.map(pod => readyForMsOf(pod, snapshot.nowMs)))
}

function readyForMsOf(pod: ApiObject, nowMs: number): number {
  if (pod.status?.phase === 'Succeeded') return Number.POSITIVE_INFINITY
  const conditions: {type: string; status: string; lastTransitionTime?: string}[] =
    pod.status?.conditions ?? []
  const ready = conditions.find(condition => condition.type === 'Ready' && condition.status === 'True')
  const sinceMs = timeOf(ready?.lastTransitionTime)
  return sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs)
}
