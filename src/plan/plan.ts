import type {ObjectChange} from '../diff/changes.ts'
import type {WorkloadRef} from '../rollout/verdict.ts'
import type {Drift} from './drift.ts'
import type {HookStep} from './hooks.ts'
import type {ChartRef, DigestedFiles, EnvironmentClass, ReleaseRef, ServiceFacts, TreeFacts} from './facts.ts'
import type {RideAlong} from './ride-along.ts'

/**
 * What will be done, with its own fallback inside: a JSON value, made before the first change.
 * Holds no secret: differences are masked, the wanted manifests stay outside.
 */
export type Plan = {
  schema: 1
  /** `image-rollback`: what git says, with an earlier image. `abort`: undo what an unfinished run touched. */
  kind: 'deploy' | 'rollback' | 'image-rollback' | 'abort'
  service: ServiceFacts
  tree: TreeFacts
  stages: readonly Stage[]
  /** Environments asked for where nothing changes, or that are not reachable from here. */
  unchanged: readonly {environment: string; releases: readonly UnchangedRelease[]}[]
  skipped: readonly {environment: string; environmentClass: EnvironmentClass; reason: string}[]
  notInstalledHere: readonly NotInstalled[]
  /** The unfinished run that this plan goes on with, or undoes, and what stands where. */
  finishes?: {runId: string; standing: readonly string[]}
  /** The runs that going back undoes. */
  undoes?: readonly Undone[]
  /** Stages of that run that are healthy already: nothing is done there, and they go back with the others. */
  done?: readonly Stage[]
  /** `leave`: what fails is left as it is, to be looked at; the fallback waits for `deploy abort`. */
  onFailure?: 'leave'
  refusals: readonly Refusal[]
  warnings: readonly string[]
  /** What was changed by hand since it was deployed, also in releases that stay as they are. */
  drift: readonly Drift[]
  /** What the values come from beside the charts repository, as keyed digests, by environment. */
  outside: readonly {environment: string; files: DigestedFiles}[]
}

/** `found`: whether helm has it there all the same. */
export type NotInstalled = {
  environment: string
  release: ReleaseRef
  found?: 'installed' | 'nothing' | 'unknown'
}

/** `text`: the run with who, when and why. */
export type Undone = {environment: string; runId: string; text: string}

export type Stage = {
  /** `eqiad` or `eqiad canary`: unique in the plan. */
  name: string
  environment: string
  environmentClass: EnvironmentClass
  server: string
  role: 'canary' | 'whole' | 'rest'
  /** What helmfile is told to select; everything when empty. */
  selectors: readonly string[]
  steps: readonly ReleaseStep[]
  /** How long everything has to stay healthy before the stage counts as done. */
  windowMs: number
  /** Asked on a terminal before this stage begins; `--yes` answers it. */
  gate: {kind: 'none'} | {kind: 'confirm'; question: string}
  /** In the order in which it is to be done: the reverse of `steps`. */
  fallback: readonly FallbackStep[]
}

export type ReleaseStep = {
  release: ReleaseRef
  action: StepAction
  /** helm was cut off while it wrote, and refuses the next change: this is done first. */
  repair?: Repair
  chart: {before: ChartRef | undefined; after: ChartRef}
  images: readonly ImageChange[]
  /** Every image, also those that stay. */
  runs?: {before: readonly string[]; after: readonly string[]}
  /** The version that was given beside git's. */
  override: string | undefined
  /** The version that git holds, where that was looked at. */
  gitVersion?: string
  /** Whose image it is given, when an image is rolled back. */
  imageOf?: number
  /** The values that were given beside git's, as flags; secret ones are hidden. */
  given: readonly string[]
  /** None when nothing was rendered, or nothing ran before. */
  ridesAlong: RideAlong | undefined
  /** Keyed digest of what helmfile gives helm for it. */
  values: string | undefined
  changes: readonly ObjectChange[]
  /** The chart's hooks that will run, or that differ. */
  hooks: readonly HookStep[]
  workloads: readonly WorkloadRef[]
  timeoutMs: number
  /** Others wait for this release: helmfile goes on only when it is healthy. */
  isHeld: boolean
  /** helm deletes the pods, so that all start anew at once, whatever changes. */
  recreatesPods: boolean
}

/** `fromRevision`: the newest revision when the plan was made; another one means that someone else was at work. */
export type StepAction =
  | {kind: 'install'; fromRevision: number | undefined}
  | {kind: 'upgrade'; fromRevision: number | undefined}
  | {kind: 'rollback'; fromRevision: number | undefined; toRevision: number}
  | {kind: 'uninstall'; fromRevision: number | undefined}
  /** It is back already; only its health is still to be seen. */
  | {kind: 'verify'; fromRevision: number | undefined; toRevision: number}

/** `status` is helm's word: pending-install, pending-upgrade, pending-rollback. */
export type Repair =
  | {kind: 'rollback'; status: string; toRevision: number}
  | {kind: 'uninstall'; status: string}

export type UnchangedRelease = ReleaseRef & {revision: number; images: readonly string[]}

export type ImageChange = {
  workload: WorkloadRef
  container: string
  before: string | undefined
  after: string | undefined
  /** Of `after`, as the registry told it; none where it was not asked or did not answer. */
  digest?: string
}

export type FallbackStep =
  | {
      /** `verify`: it is back already; only its health is still to be seen. */
      kind: 'rollback' | 'verify'
      release: ReleaseRef
      toRevision: number
      workloads: readonly WorkloadRef[]
      timeoutMs: number
    }
  | {kind: 'uninstall'; release: ReleaseRef; timeoutMs: number}

/** Why a plan may not be carried out, with the end it stands for. */
export type Refusal = {
  exitKind: 'declined' | 'not-found' | 'usage' | 'bad-render' | 'forbidden' | 'locked'
  message: string
  hint: string
}
