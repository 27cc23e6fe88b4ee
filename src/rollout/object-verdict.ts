import {nothingAwaited} from './progress.ts'
import type {Doom, DoomReason, Verdict, WorkloadProgress, WorkloadRef} from './verdict.ts'

/** What there is to say of an object that has no pods to count. */
const NO_PODS = {wanted: 0, updated: 0, ready: 0}

/** It is there, and nothing has to come of it. */
export function accepted(ref: WorkloadRef): Verdict {
  return {kind: 'ready', progress: nothingAwaited(ref, NO_PODS)}
}

export function withoutPods(ref: WorkloadRef, waitingFor: string): WorkloadProgress {
  return {workload: ref, ...NO_PODS, waitingFor}
}

/** A doom that no pod decided. */
export function objectDoom(reason: DoomReason, message: string, evidence: string, shownAtMs?: number): Doom {
  return {reason, message, pod: undefined, container: undefined, image: undefined, evidence, shownAtMs}
}
