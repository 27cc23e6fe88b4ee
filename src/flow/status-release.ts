import {imagesIn} from '../diff/images.ts'
import {isRecordOf, type RunRecord} from '../journal/record.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {PastRelease} from '../plan/origin.ts'
import {liveOrigin, type LiveOverride, liveOverride, wentBackFromGit} from '../plan/past.ts'
import type {OverrideFrom, ReleaseStatus} from '../plan/status.ts'
import {pastOf} from './past-of.ts'

/** What helm holds of a release, and what the records know of how it came to be. */
export function releaseStatus(release: ReleaseFacts, records: readonly RunRecord[]): ReleaseStatus {
  const {deployed, latest} = release
  const images = [...new Set(imagesIn(deployed?.objects ?? []))]
  const run = records.find(record =>
    record.releases.some(one => isRecordOf(one, release) && revisionsOf(one).includes(deployed?.revision)),
  )
  return {
    namespace: release.namespace,
    name: release.name,
    status: latest?.status ?? 'not-installed',
    revision: deployed?.revision,
    chart: deployed === undefined ? undefined : `${deployed.chart.name}-${deployed.chart.version}`,
    images,
    since: deployed?.updatedAt,
    ...(deployed?.mainImage === undefined ? {} : {mainImage: deployed.mainImage}),
    ...besideGit(release, records),
    ...(run === undefined
      ? {}
      : {by: run.by, runId: run.runId, ...(run.message === undefined ? {} : {message: run.message})}),
  }
}

/** What the records know and git does not: a version or values beside it, and that what runs was put back. */
function besideGit(
  release: ReleaseFacts,
  records: readonly RunRecord[],
): Pick<ReleaseStatus, 'override' | 'overrideFrom' | 'wentBack' | 'given' | 'rolledBack' | 'commit'> {
  const {deployed} = release
  if (deployed === undefined) return {}
  const past = pastOf(records, release)
  const {made} = liveOrigin(past, deployed)
  const override = liveOverride(past, deployed)
  const wentBack = override === undefined ? wentBackFromGit(release, past) : undefined
  const back = past.find(run => run.isRolledBack && run.restored === deployed.revision)
  return {
    ...(override === undefined ? {} : {override: override.tag, overrideFrom: overrideFrom(override)}),
    ...(wentBack === undefined ? {} : {wentBack: cameBy('rolled-back', wentBack.run)}),
    ...(made === undefined || made.given.length === 0 ? {} : {given: made.given}),
    ...(back === undefined ? {} : {rolledBack: {runId: back.runId, images: back.images}}),
    ...(made?.commit === undefined ? {} : {commit: made.commit}),
  }
}

function overrideFrom({how}: LiveOverride): OverrideFrom {
  const run = how.kind === 'deployed' ? how.run : how.wentBack.run
  const word = how.kind === 'deployed' ? 'deployed' : 'rolled-back'
  return cameBy(word, run)
}

function cameBy(word: OverrideFrom['how'], run: PastRelease | undefined): OverrideFrom {
  if (run === undefined) return {how: word}
  const {runId, by, startedAt: at, message} = run
  return {how: word, runId, by, at, ...(message === undefined ? {} : {message})}
}

function revisionsOf(one: RunRecord['releases'][number]): (number | null | undefined)[] {
  return [one.after, one.restored].filter(revision => revision !== null)
}
