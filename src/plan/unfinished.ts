import type {DigestedFiles, EnvironmentClass, ReleaseRef, RevisionFacts} from './facts.ts'
import type {VersionRequest} from './intent.ts'
import type {ImageDigests} from './outcome.ts'

/** A run that has no end: its process died, it waits for somebody to decide, or what failed was left as it is. */
export type UnfinishedRun = {
  runId: string
  /** Every process that worked on it had a run id of its own. */
  workers: readonly string[]
  kind: 'deploy' | 'rollback'
  by: string
  from: string
  startedAt: string
  message: string | undefined
  commit: string | undefined
  request: {version: VersionRequest; selectors: readonly string[]; given: readonly string[]}
  /** Whether the commit says all: files that no commit holds cannot be had again. */
  isFromCommit: boolean
  /** `working`: its lock is still renewed, so it is not ours to finish. `left`: it failed, and was to stay as it is. */
  state: 'dead' | 'paused' | 'working' | 'left'
  /** In the run's own order; those that could not be read are only named. */
  environments: readonly UnfinishedEnvironment[]
  unread: readonly string[]
  /** Environments of it that hold nothing of it: it was killed while it was being recorded, or another run has ended there since. */
  unrecorded: readonly string[]
}

export type UnfinishedEnvironment = {
  name: string
  environmentClass: EnvironmentClass
  server: string
  stages: readonly {name: string; state: StageProgress}[]
  releases: readonly UnfinishedRelease[]
  /** What the values came from beside the charts repository; none where it was not recorded. */
  outside: DigestedFiles | undefined
}

export type StageProgress = 'waiting' | 'begun' | 'healthy' | 'failed' | 'going-back' | 'back'

/** One release of an unfinished run: what was recorded of it, and what is there now. */
export type UnfinishedRelease = ReleaseRef & {
  stage: string
  timeoutMs: number
  before: RevisionBefore
  /** The newest revision when the plan was made. */
  latestBefore: number | undefined
  live: LiveRevision | undefined
  planned: PlannedRelease
}

/** What the run was to make of a release. */
export type PlannedRelease = {
  /** `name-version`. */
  chart: string | undefined
  images: readonly string[]
  digests: ImageDigests
  /** The version that was given beside git's. */
  override: string | undefined
  /** When an image was rolled back: the revision whose image it was to be given. */
  imageOf?: number
  /** Keyed digest of what helmfile gave helm for it. */
  values: string | undefined
  /** Of a rollback, what it goes back to. */
  target: RevisionFacts | undefined
}

/** The revision that was good before the run. `lost`: helm does not keep it any more. */
export type RevisionBefore =
  | {kind: 'none'}
  | {kind: 'kept'; facts: RevisionFacts}
  | {kind: 'lost'; revision: number}

export type LiveRevision = {
  revision: number
  status: string
  /** What it holds: what the run was to write, what was there before, or neither. */
  content: 'planned' | 'before' | 'other'
  facts: RevisionFacts | undefined
}

export type Standing =
  /** As it was before the run. */
  | 'untouched'
  /** helm was ended while it wrote. */
  | 'cut-off'
  /** helm wrote it; whether it is healthy was not said, unless its stage is. */
  | 'new'
  /** As it was before, under a new revision number. */
  | 'back'
  /** Someone else has changed it since. */
  | 'foreign'

/** Where a release of an unfinished run stands, from its revisions alone. */
export function standingOf({live, latestBefore}: Omit<UnfinishedRelease, 'before'>): Standing {
  if (live === undefined) return latestBefore === undefined ? 'untouched' : 'foreign'
  if (live.revision === latestBefore) return 'untouched'
  if (live.revision < (latestBefore ?? 0) || live.content === 'other') return 'foreign'
  if (live.status.startsWith('pending-')) return 'cut-off'
  return live.content === 'planned' ? 'new' : 'back'
}

/** What stands where, a line for each release. */
export function standingLines(run: UnfinishedRun): string[] {
  const lines = run.environments.flatMap(({name, releases}) =>
    releases.map(release => `${name} ${release.name}: ${standingText(release)}`),
  )
  return [
    ...lines,
    ...run.unread.map(name => `${name}: could not be read`),
    ...run.unrecorded.map(name => `${name}: nothing of it is recorded there`),
  ]
}

function standingText(release: UnfinishedRelease): string {
  const before = beforeRevision(release)
  const was = before === undefined ? 'not installed' : `revision ${before}`
  const now = release.live === undefined ? 'nothing' : `revision ${release.live.revision}`
  switch (standingOf(release)) {
    case 'untouched':
      return `${was}, not touched`
    case 'cut-off':
      return `was ${was}, helm was cut off while it wrote ${now} (${release.live?.status})`
    case 'new':
      return `was ${was}, is the new version now (${now}${release.live?.status === 'failed' ? ', failed' : ''})`
    case 'back':
      return `was ${was}, is back (${now})`
    case 'foreign':
      return `was ${was}, someone else has changed it since (${now})`
  }
}

function beforeRevision({before}: UnfinishedRelease): number | undefined {
  if (before.kind === 'none') return undefined
  return before.kind === 'kept' ? before.facts.revision : before.revision
}

/** Whether it may have changed anything that is left. */
export function hasTouched({environments}: UnfinishedRun): boolean {
  return environments.some(({releases}) => releases.some(one => standingOf(one) !== 'untouched'))
}

/** Why a release that the run touched cannot be put back; none when it can, or was not touched. */
export function whyNotBack(release: UnfinishedRelease): string | undefined {
  const standing = standingOf(release)
  if (standing === 'untouched') return undefined
  if (standing === 'foreign') return 'someone else has changed it since, which is left as it is'
  if (release.before.kind === 'lost') return `helm does not keep revision ${release.before.revision} any more`
  return release.before.kind === 'none' && release.latestBefore !== undefined
    ? 'it never was healthy before, so there is nothing to go back to'
    : undefined
}

/** One sentence about the run. */
export function unfinishedText({
  runId,
  kind,
  by,
  from,
  state,
  startedAt,
}: Pick<UnfinishedRun, 'runId' | 'kind' | 'by' | 'from' | 'state' | 'startedAt'>): string {
  return `The ${kind} ${runId} of ${by} from ${from}, begun ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${HOW[state]}.`
}

const HOW: Record<UnfinishedRun['state'], string> = {
  paused: 'is paused',
  working: 'is under way',
  dead: 'was cut off: its process is gone',
  left: 'failed and was left as it is (--no-rollback)',
}
