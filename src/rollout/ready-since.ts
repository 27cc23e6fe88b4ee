import {isActive, readySinceMs} from './pod.ts'
import type {ApiObject, Snapshot} from './verdict.ts'

/**
 * How long ago the last of these pods became ready, in ms; 0 when one is not.
 * Pods that were ready longer than the stability window need not be watched for another one.
 */
export function readyForMs(snapshot: Snapshot, isOurs: (pod: ApiObject) => boolean): number {
  // One that has ended, well or not, or that was evicted does not become ready any more.
  const pods = snapshot.pods.filter(pod => isActive(pod) && isOurs(pod))
  return Math.min(Number.POSITIVE_INFINITY, ...pods.map(pod => readyForMsOf(pod, snapshot.nowMs)))
}

function readyForMsOf(pod: ApiObject, nowMs: number): number {
  const sinceMs = readySinceMs(pod)
  return sinceMs === undefined ? 0 : Math.max(0, nowMs - sinceMs)
}
