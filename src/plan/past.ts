import {notGivenNow} from './given.ts'
import type {DigestedFiles, ReleaseFacts} from './facts.ts'
import type {PlanOptions} from './guards.ts'
import type {Refusal} from './plan.ts'

/** What the records say of one release in one environment, newest run first. */
export type PastRelease = {
  runId: string
  kind: 'deploy' | 'rollback'
  /** RFC 3339. */
  startedAt: string
  commit: string | undefined
  outside: DigestedFiles | undefined
  isGood: boolean
  isRolledBack: boolean
  /** The version that was given beside git's, if one was. */
  override: string | null
  /** The values that were given beside git's, as flags. */
  given: readonly string[]
  after: number | null
  restored: number | null
  images: readonly string[]
}

/** The version that runs and that git does not hold, when the live revision was deployed that way. */
export function liveOverride(
  past: readonly PastRelease[],
  liveRevision: number | undefined,
): string | undefined {
  return liveRun(past, liveRevision)?.override ?? undefined
}

/** The run that made what is live now. */
export function liveRun(
  past: readonly PastRelease[],
  liveRevision: number | undefined,
): PastRelease | undefined {
  if (liveRevision === undefined) return undefined
  const restoring = past.find(run => run.restored === liveRevision)
  return restoring === undefined
    ? past.find(run => run.isGood && run.after === liveRevision)
    : lastGoodBefore(past, restoring)
}

// What going back restored is what the newest good run before it had deployed.
function lastGoodBefore(past: readonly PastRelease[], run: PastRelease): PastRelease | undefined {
  return past.slice(past.indexOf(run) + 1).find(one => one.isGood)
}

/** The run that tried these very images here and was rolled back, when nothing good has run them since. */
export function rolledBackRun(
  past: readonly PastRelease[],
  images: readonly string[],
): PastRelease | undefined {
  if (images.length === 0) return undefined
  const wanted = images.toSorted().join(' ')
  const newest = past.find(run => run.images.toSorted().join(' ') === wanted)
  return newest?.isRolledBack ? newest : undefined
}

export type PastFinding =
  | {kind: 'override-taken-back'; environment: string; release: string; override: string}
  | {kind: 'values-taken-back'; environment: string; release: string; given: readonly string[]}
  | {kind: 'rolled-back-before'; environment: string; release: string; runId: string}

/** What a person is told, and a run that nobody watches is stopped by, unless its flags decide. */
export function findPast(
  environment: string,
  release: ReleaseFacts,
  newImages: readonly string[],
): PastFinding[] {
  const override = liveOverride(release.past, release.deployed?.revision)
  const isTakenBack = override !== undefined && release.versionOverride === undefined && newImages.length > 0
  const lost = lostValues(release)
  const before = rolledBackRun(release.past, newImages)
  return [
    ...(isTakenBack
      ? [{kind: 'override-taken-back' as const, environment, release: release.name, override}]
      : []),
    ...(lost.length === 0
      ? []
      : [{kind: 'values-taken-back' as const, environment, release: release.name, given: lost}]),
    ...(before === undefined
      ? []
      : [{kind: 'rolled-back-before' as const, environment, release: release.name, runId: before.runId}]),
  ]
}

// What was given to the run that made the live revision, and is not given now.
function lostValues({past, deployed, given}: ReleaseFacts): string[] {
  return notGivenNow(liveRun(past, deployed?.revision)?.given ?? [], given)
}

export function pastText(finding: PastFinding): string {
  const {environment, release} = finding
  switch (finding.kind) {
    case 'override-taken-back':
      return `${environment}: ${release} runs ${finding.override}, which git does not hold; this takes it back to git's version.`
    case 'values-taken-back':
      return `${environment}: ${release} was deployed with ${finding.given.join(' ')}, which git does not hold; this takes it back to git's values.`
    case 'rolled-back-before':
      return `${environment}: this version of ${release} was rolled back here before (run ${finding.runId}).`
  }
}

export function pastRefusals(findings: readonly PastFinding[], options: PlanOptions): Refusal[] {
  if (!options.isUnattended) return []
  const takenBack =
    options.override === 'decide' ? findings.find(one => one.kind === 'override-taken-back') : undefined
  const lost = options.override === 'take-git' ? undefined : findings.find(isLost)
  const again = options.isRetry ? undefined : findings.find(one => one.kind === 'rolled-back-before')
  return [
    ...(takenBack === undefined
      ? []
      : [
          {
            exitKind: 'declined' as const,
            message: pastText(takenBack),
            hint: "Say --take-git to go back to git's version, or --keep-override to keep this one.",
          },
        ]),
    ...(lost === undefined
      ? []
      : [
          {
            exitKind: 'declined' as const,
            message: pastText(lost),
            hint: `Say --take-git to go back to git's values, or give them again: ${lost.given.join(' ')}`,
          },
        ]),
    ...(again === undefined
      ? []
      : [{exitKind: 'declined' as const, message: pastText(again), hint: 'Say --retry to try it again.'}]),
  ]
}

function isLost(finding: PastFinding): finding is PastFinding & {kind: 'values-taken-back'} {
  return finding.kind === 'values-taken-back'
}
