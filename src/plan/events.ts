import type {Doom, WorkloadProgress, WorkloadRef} from '../rollout/verdict.ts'
import type {ReleaseRef} from './facts.ts'
import type {Plan} from './plan.ts'
import type {Outcome} from './outcome.ts'

/** What happened, in the past tense. Views listen to these and to nothing else; `--events` prints them. */
export type DeployEvent = {atMs: number} & (
  | {kind: 'run-started'; runId: string; service: string; environments: readonly string[]}
  | {kind: 'reading-started'; what: string}
  | {kind: 'plan-made'; plan: Plan}
  | {kind: 'announced'; text: string}
  | {kind: 'stage-started'; stage: string; releases: readonly ReleaseRef[]}
  /** `isWritten`: helm had written it before this run; only its health is to be seen. */
  | {kind: 'release-started'; stage: string; release: ReleaseRef; isWritten?: true}
  /** helm has written the objects; now the cluster has to follow. */
  | {kind: 'release-applied'; stage: string; release: ReleaseRef; durationMs: number}
  | {
      kind: 'release-progressed'
      stage: string
      release: ReleaseRef
      workloads: readonly WorkloadProgress[]
      budgetLeftMs: number
    }
  | {kind: 'release-ready'; stage: string; release: ReleaseRef; durationMs: number}
  | {kind: 'window-started'; stage: string; windowMs: number; role: 'canary' | 'whole' | 'rest'}
  | {kind: 'stage-finished'; stage: string; durationMs: number}
  | {kind: 'stage-failed'; stage: string; failure: Failure}
  | {kind: 'fallback-started'; stage: string; steps: number; reason: string}
  | {kind: 'release-restored'; stage: string; release: ReleaseRef; toRevision: number | undefined}
  | {kind: 'fallback-progressed'; stage: string; release: ReleaseRef; workloads: readonly WorkloadProgress[]}
  | {kind: 'fallback-verified'; stage: string; durationMs: number}
  | {kind: 'fallback-failed'; stage: string; release: ReleaseRef; message: string; command: string}
  | {kind: 'interrupt-received'; signal: string}
  | {kind: 'noted'; text: string}
  | {kind: 'command-run'; command: string}
  | {kind: 'run-finished'; outcome: Outcome}
)

export type EventBody = DeployEvent extends infer E
  ? E extends {atMs: number}
    ? Omit<E, 'atMs'>
    : never
  : never

/** Why a stage failed, ready to be explained. */
export type Failure =
  | {
      kind: 'doomed'
      release: ReleaseRef
      workload: WorkloadRef
      doom: Doom
      sawAtMs: number
      logs: readonly string[]
      /** Which change most likely did it: a guess. */
      cause?: string
    }
  | {kind: 'timed-out'; release: ReleaseRef; waitingFor: readonly WorkloadProgress[]; timeoutMs: number}
  | {kind: 'helm-failed'; release: ReleaseRef; message: string}
  | {kind: 'helmfile-failed'; message: string}
  /** Someone else changed this release since the plan was made: it is not rolled over. */
  | {
      kind: 'changed-by-others'
      release: ReleaseRef
      expectedRevision: number | undefined
      foundRevision: number | undefined
      /** Beside helm: its pods are the old ones again (`kubectl rollout undo`), whatever the revision. */
      workload?: WorkloadRef
    }
  /** Something outside the charts repository changed between the preview and this step: these files, as far as one knows. */
  | {kind: 'outdated'; release: ReleaseRef; files: readonly string[]}
  /** Rolled back, and the manifest is not the recorded revision's. */
  | {kind: 'not-as-recorded'; release: ReleaseRef; toRevision: number}
  | {kind: 'interrupted'; signal: string}
  /** Another service of a run that is one transaction failed: what is healthy here goes back with it. */
  | {kind: 'others-failed'; services: readonly string[]}
  /** Someone took the lock by force, or it could not be renewed: nothing more is begun, nothing is taken back. */
  | {kind: 'lock-lost'; environment: string; message: string}
  /** `isForbidden`: the cluster answers, but a permission is missing. */
  | {kind: 'infrastructure'; message: string; isForbidden?: true}

const FAILURE_KINDS: Record<Failure['kind'], true> = {
  doomed: true,
  'timed-out': true,
  'helm-failed': true,
  'helmfile-failed': true,
  'changed-by-others': true,
  outdated: true,
  'not-as-recorded': true,
  interrupted: true,
  'others-failed': true,
  'lock-lost': true,
  infrastructure: true,
}

/** A newer deploy may have recorded a failure that this one has no words for. */
export function isKnownFailure({kind}: {kind: string}): boolean {
  return Object.hasOwn(FAILURE_KINDS, kind)
}
