/** The vocabulary of judging a rollout: pure values in, a verdict out. */

/** What pods belong to. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'Pod'

/** What is judged: workloads, and other objects (see watched-objects.ts), which have no pods to count. */
export type WorkloadRef = {
  kind: string
  namespace: string
  name: string
  /** Of kinds that only the cluster's discovery knows. */
  apiVersion?: string
  /** A Job that Kubernetes removes when it has ended (`ttlSecondsAfterFinished`). */
  isRemovedAtEnd?: true
}

export type Verdict =
  | {kind: 'progressing'; progress: WorkloadProgress}
  /** `sinceMs`: when the last of its pods became ready, as far as Kubernetes tells. */
  | {kind: 'ready'; progress: WorkloadProgress; sinceMs?: number | undefined}
  /** Doomed if it lasts longer than `graceMs` without the workload getting on (see patience.ts). */
  | {kind: 'suspicious'; progress: WorkloadProgress; doom: Doom; graceMs: number}
  | {kind: 'doomed'; progress: WorkloadProgress; doom: Doom}

export type WorkloadProgress = {
  workload: WorkloadRef
  wanted: number
  updated: number
  ready: number
  /** What is awaited, in a few words; empty when ready. */
  waitingFor: string
}

/** What can only be so, as soon as it is seen. */
export type DefiniteReason =
  | 'crash-loop'
  | 'out-of-memory'
  | 'probe-killed'
  | 'image-not-found'
  | 'image-denied'
  | 'image-name-invalid'
  | 'image-never-pulled'
  | 'config-missing'
  | 'cannot-run'
  | 'admission-refused'
  | 'job-failed'
  | 'pod-failed'
  | 'progress-deadline'
  | 'claim-lost'
  | 'condition-stalled'

/** What may pass: doomed when it lasts longer than the grace of its class. */
export const SUSPICIONS = [
  'registry-fault',
  'config-not-synced',
  'start-fault',
  'exits-cleanly',
  'quota-exceeded',
  'admission-fault',
  'unschedulable',
  'volume-fault',
  'sandbox-fault',
  'blocked-by-old-pod',
  'not-ready',
  'claim-pending',
  'condition-false',
  'selects-no-pod',
  'cannot-scale',
] as const

export type SuspicionReason = (typeof SUSPICIONS)[number]

export type DoomReason = DefiniteReason | SuspicionReason

/** Why a rollout cannot succeed any more, with the evidence. */
export type Doom = {
  reason: DoomReason
  /** One sentence: what a tired deployer has to know. */
  message: string
  /** The pod and container that decided it, where there is one. */
  pod: string | undefined
  container: string | undefined
  image: string | undefined
  /** Kubernetes' own words. */
  evidence: string
  /** When Kubernetes showed the decisive state (epoch ms), as far as its objects tell. */
  shownAtMs: number | undefined
}

/** What the cluster looked like before this rollout began: old troubles are not held against the new version. */
export type Baseline = {
  startedAtMs: number
  /** By UID, of each workload that was there: helm has not touched what still has this generation. */
  generations: ReadonlyMap<string, number>
  /** By `podUid/container`: how often it had ended. */
  restartCounts: ReadonlyMap<string, number>
  podUids: ReadonlySet<string>
  /** By `uid/type`, what the condition said: one that still says the same is not news of this rollout. */
  conditions: ReadonlyMap<string, string>
  /** By uid, how often it had happened: only what happened since counts. */
  eventCounts: ReadonlyMap<string, number>
  /** Volume claims that were lost already, by UID. */
  lostClaims: ReadonlySet<string>
  /** Volume claims that nobody had provided for already, by UID. */
  pendingClaims: ReadonlySet<string>
  /** Services that sent to no pod already, by UID. */
  idleServices: ReadonlySet<string>
}

/** One reading of a namespace: complete lists, never deltas. */
export type Snapshot = {
  nowMs: number
  workloads: readonly ApiObject[]
  replicaSets: readonly ApiObject[]
  pods: readonly ApiObject[]
  events: readonly ApiObject[]
  /** Kinds the user may not read: an empty list of these means nothing. */
  unreadable?: readonly string[]
}

/** An object as the API server gives it; only the fields the judge reads are named. */
export type ApiObject = {
  apiVersion?: string
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    generation?: number
    resourceVersion?: string
    creationTimestamp?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    managedFields?: readonly unknown[]
    ownerReferences?: readonly {kind: string; name: string; uid: string; controller?: boolean}[]
  }
  // biome-ignore lint/suspicious/noExplicitAny: the API's own shape, read defensively
  spec?: any
  // biome-ignore lint/suspicious/noExplicitAny: the API's own shape, read defensively
  status?: any
  [key: string]: unknown
}

export function workloadKey(ref: WorkloadRef): string {
  return `${ref.kind}/${ref.namespace}/${ref.name}`
}

/** The same key, of a workload as the API gives it. */
export function objectKey({kind, metadata}: ApiObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`
}

export function isSuspicion(reason: DoomReason): reason is SuspicionReason {
  return SUSPICIONS.some(each => each === reason)
}
