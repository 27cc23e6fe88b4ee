import type {Frozen} from './frozen.ts'
import type {Health} from '../rollout/health.ts'
import type {UnfinishedRun} from './unfinished.ts'

/** What runs where: the document of `deploy status --json` holds a list of these. */
export type ServiceStatus = {
  /** `group/name`. */
  service: string
  environments: readonly EnvironmentStatus[]
  /** Runs that have no end: under way, paused, or cut off. */
  unfinished?: readonly UnfinishedStatus[]
  /** What persons have locked of it. */
  locked?: readonly Frozen[]
}

export type UnfinishedStatus = Pick<
  UnfinishedRun,
  'runId' | 'kind' | 'state' | 'by' | 'from' | 'startedAt'
> & {environments: readonly string[]}

export type EnvironmentStatus = {
  name: string
  /** Why it could not be read. */
  problem?: string
  releases: readonly ReleaseStatus[]
}

export type ReleaseStatus = {
  namespace: string
  name: string
  /** helm's word: deployed, failed, pending-upgrade … or not-installed. */
  status: string
  revision: number | undefined
  chart: string | undefined
  images: readonly string[]
  /** RFC 3339. */
  since: string | undefined
  /** The one that a version means, where there are several. */
  mainImage?: string
  /** The version that runs, when git did not hold it as it was put there. */
  override?: string
  /** How it came there. */
  overrideFrom?: OverrideFrom
  /** Somebody went back to its chart and configuration, and git does not hold them; the version may be git's. */
  wentBack?: OverrideFrom
  /** Values that were given beside git's, as flags. */
  given?: readonly string[]
  /** What runs was put back, after this run's images turned out bad. */
  rolledBack?: {runId: string; images: readonly string[]}
  /** How its pods are now, where that was looked at. */
  health?: Health
  /** `Kind name` of objects that were changed by hand since; only beside what git says. */
  changedByHand?: readonly string[]
  /** The commit of the charts repository it was deployed from. */
  commit?: string
  /** How many commits since then touched the service or its chart. */
  commitsAhead?: number
  by?: string
  runId?: string
  message?: string
}

/** `rolled-back`: somebody went back to it while git named another. Nothing but that is known of plain helm. */
export type OverrideFrom = {
  how: 'deployed' | 'rolled-back'
  runId?: string
  by?: string
  /** RFC 3339. */
  at?: string
  message?: string
}
